"""What the preflight asks, with which rights, and what it says without them."""

import json

import pytest

from keyless.preflight.account.actions import ACTIONS, right
from keyless.preflight.finding import Verdict
from keyless.rehearsal.emulator.cloud import Cloud
from tests.planned import STACK, Resources, resource
from tests.rehearsal.emulator.functions import allow, create_role
from tests.rehearsal.preflight.conftest import Looking

FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "ReservedConcurrentExecutions": 1,
    },
}
EVERYTHING: Resources = {
    "Vpc": resource("AWS::EC2::VPC"),
    "Ip": resource("AWS::EC2::EIP"),
    "Cluster": resource(
        "AWS::RDS::DBCluster", Engine="aurora-postgresql", EngineVersion="17.9", DBClusterIdentifier="everything"
    ),
    "Member": resource("AWS::RDS::DBInstance", DBClusterIdentifier={"Ref": "Cluster"}, DBInstanceClass="db.serverless"),
    "Proxy": resource("AWS::RDS::DBProxy", DBProxyName="everything", VpcSubnetIds=["subnet-0000000a"]),
    "Parameters": resource("AWS::RDS::DBClusterParameterGroup"),
    "InstanceParameters": resource("AWS::RDS::DBParameterGroup"),
    "Subnets": resource("AWS::RDS::DBSubnetGroup"),
    "Logs": resource("AWS::Logs::LogGroup", LogGroupName="/everything"),
    "Secret": resource("AWS::SecretsManager::Secret", Name="everything"),
    "Topic": resource("AWS::SNS::Topic", TopicName="everything"),
    "Alarm": resource("AWS::CloudWatch::Alarm", AlarmName="everything"),
    "Writer": FUNCTION,
}


@pytest.mark.usefixtures("ready")
def test_every_call_reads_and_no_right_is_asked_for_that_is_not_used(cloud: Cloud, looking: Looking) -> None:
    cloudformation = cloud.client("cloudformation")
    role = create_role(cloud, "everything", "lambda.amazonaws.com")
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Role": role}}  # type: ignore[dict-item]
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps({"Resources": {"Writer": function}}))
    try:
        looking.at(EVERYTHING)
    finally:
        cloudformation.delete_stack(StackName=STACK)
        cloud.client("iam").delete_role(RoleName="everything")
    assert [call for call in looking.calls if call.split(":")[1].startswith(("Describe", "Get", "List"))] == [
        *looking.calls
    ]
    assert looking.calls == {f"{service}:{operation}" for service, own in ACTIONS.items() for operation in own}


@pytest.mark.usefixtures("ready")
def test_without_rights_nothing_fails_and_each_missing_right_is_named(cloud: Cloud, looking: Looking) -> None:
    """The emulator asks nobody for rights on Lambda's settings."""
    session = cloud.role_session(create_role(cloud, "nobody", "lambda.amazonaws.com"))
    try:
        found = looking.at(EVERYTHING, session)
    finally:
        cloud.client("iam").delete_role(RoleName="nobody")
    assert all(len(set(each)) == len(each) for each in found.values()), "a right is named again and again"
    problems = {problem for each in found.values() for problem in each}
    assert {problem.verdict for problem in problems} == {Verdict.UNKNOWN}
    named = {problem.evidence.removeprefix("these credentials need the permission ") for problem in problems}
    assert {
        "ssm:GetParameter",
        "iam:GetRole",
        "cloudformation:DescribeStacks",
        "ec2:DescribeAvailabilityZones",
    } <= named


@pytest.mark.usefixtures("ready")
def test_the_documented_rights_are_enough(cloud: Cloud, looking: Looking) -> None:
    documented = [right(service, operation) for service, own in ACTIONS.items() for operation in own]
    session = cloud.role_session(create_role(cloud, "reader", "lambda.amazonaws.com"))
    allow(cloud, "reader", {"Action": documented, "Resource": "*"})
    try:
        found = looking.at(EVERYTHING, session)
    finally:
        cloud.client("iam").delete_role_policy(RoleName="reader", PolicyName="inline")
        cloud.client("iam").delete_role(RoleName="reader")
    problems = [problem for each in found.values() for problem in each]
    assert [problem for problem in problems if "permission" in problem.evidence] == []


@pytest.mark.usefixtures("ready")
def test_another_account_is_not_looked_at_any_further(cloud: Cloud, looking: Looking) -> None:
    found = looking.at(EVERYTHING, account="111111111111")
    assert {name: problems[0].verdict for name, problems in found.items() if problems} == {
        "credentials": Verdict.FAIL,
        "everything else": Verdict.UNKNOWN,
    }
    assert looking.calls == {"sts:GetCallerIdentity"}
