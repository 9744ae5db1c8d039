"""CloudFormation's answer comes when the stack is done: who asks once, right after it, sees the end."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.waiting import wait_until

NAME = "slow"
SLOW = """
import json, time, urllib.request
def handler(event, context):
    time.sleep(1)
    fails = event["RequestType"] == "Create" and event["ResourceProperties"]["Fails"] == "yes"
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "FAILED" if fails else "SUCCESS", "Reason": "asked to", "PhysicalResourceId": "it"}
    request = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def template(fails: str) -> str:
    """A resource whose function takes its time."""
    function = {"Runtime": "python3.13", "Handler": "index.handler", "Timeout": 20, "Code": {"ZipFile": SLOW}}
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {**function, "Role": {"Fn::GetAtt": ["Role", "Arn"]}},
        },
        "Slow": {
            "Type": "Custom::Slow",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Fails": fails},
        },
    }
    return json.dumps({"Resources": resources})


@pytest.fixture
def cloudformation(cloud: Cloud) -> Iterator[Any]:
    client = cloud.client("cloudformation")
    yield client
    client.delete_stack(StackName=NAME)


def status(cloudformation: Any) -> str:
    """As the first look finds it."""
    return str(cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]["StackStatus"])


@pytest.mark.parametrize(("fails", "ends"), [("no", "CREATE_COMPLETE"), ("yes", "ROLLBACK_COMPLETE")])
def test_a_change_set_is_carried_out_when_its_answer_comes(cloudformation: Any, fails: str, ends: str) -> None:
    change = {"StackName": NAME, "ChangeSetName": "first"}
    cloudformation.create_change_set(
        **change, ChangeSetType="CREATE", TemplateBody=template(fails), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.execute_change_set(**change)
    assert status(cloudformation) == ends


def test_an_answer_is_kept_back_until_the_cloud_goes_on(cloud: Cloud, cloudformation: Any) -> None:
    cloud.pause_after(NAME)
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(
            cloudformation.create_stack, StackName=NAME, TemplateBody=template("no"), Capabilities=["CAPABILITY_IAM"]
        )
        wait_until(lambda: _is_complete(cloudformation))
        assert not made.done()
        cloud.go_on()
        made.result()
    cloudformation.update_stack(StackName=NAME, TemplateBody=template("maybe"), Capabilities=["CAPABILITY_IAM"])


def _is_complete(cloudformation: Any) -> bool:
    found = cloudformation.describe_stacks()["Stacks"]
    return (NAME, "CREATE_COMPLETE") in {(stack["StackName"], stack["StackStatus"]) for stack in found}


def test_a_stack_is_gone_when_the_answer_to_its_delete_comes(cloudformation: Any) -> None:
    cloudformation.create_stack(StackName=NAME, TemplateBody=template("no"), Capabilities=["CAPABILITY_IAM"])
    assert status(cloudformation) == "CREATE_COMPLETE"
    cloudformation.delete_stack(StackName=NAME)
    with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
        status(cloudformation)
