"""Where `--env` finds no environment, or several, it says why and what is allowed."""

import io
import json
import zipfile

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.dev.place import PLACE

NOTHING = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_REGION": PLACE.region}


def said(*arguments: str, **variables: str) -> str:
    answer = keyless(*arguments, **variables)
    assert (answer.returncode, answer.stdout) == (1, ""), answer.stdout
    assert "Traceback" not in answer.stderr
    return answer.stderr


def test_without_credentials_it_says_so() -> None:
    assert "there are no AWS credentials" in said("token", "--env", "dev", **NOTHING)


def test_without_a_region_it_says_so(stage: Stage) -> None:
    variables = {name: value for name, value in stage.cloud.environment().items() if "REGION" not in name}
    assert "no AWS region is said; allowed: AWS_REGION" in said("token", "--env", "dev", **variables)


def test_an_environment_that_is_not_there_is_named_with_those_that_are(stage: Stage) -> None:
    text = said("token", "--env", "prod", **stage.cloud.environment())
    assert "has no stacks of an environment 'prod' in eu-west-1; allowed: KeylessAurora-dev" in text


def test_two_apps_with_one_environment_are_told_apart_by_their_prefixes(stage: Stage) -> None:
    cloudformation, name = stage.cloud.client("cloudformation"), "orders-KeylessAurora-dev-network"
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    try:
        text = said("token", "--env", "dev", **stage.cloud.environment())
        assert "allowed: --env KeylessAurora-dev or --env orders-KeylessAurora-dev" in text
        assert keyless("token", "--env", "KeylessAurora-dev", **stage.cloud.environment()).returncode == 0
        text = said("token", "--env", "orders-KeylessAurora-dev", **stage.cloud.environment())
        assert "have no output DatabaseEndpoint and no BootstrapFunctionName" in text
    finally:
        cloudformation.delete_stack(StackName=name)


def test_stacks_that_are_not_this_librarys_are_said_to_be_none(stage: Stage) -> None:
    """Anybody can give stacks such names and outputs: whose function says nothing, and whose port is no number."""
    functions, cloudformation = stage.cloud.client("lambda"), stage.cloud.client("cloudformation")
    code, prefix = io.BytesIO(), "theirs-KeylessAurora-forged"
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "")
    role = functions.list_functions()["Functions"][0]["Role"]
    functions.create_function(
        FunctionName="forged",
        Runtime="python3.13",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )
    outputs = {
        "network": ("Any", "thing"),
        "database": ("DatabaseEndpoint", "evil.example"),
        "access": ("BootstrapFunctionName", "forged"),
    }
    for part, (key, value) in outputs.items():
        resources = {"Topic": {"Type": "AWS::SNS::Topic"}}
        template = json.dumps({"Resources": resources, "Outputs": {key: {"Value": value}}})
        cloudformation.create_stack(StackName=f"{prefix}-{part}", TemplateBody=template)
    try:
        for variables in ({}, {"PGHOST": "evil.example", "PGPORT": "x", "PGUSER": "master"}):
            functions.update_function_configuration(FunctionName="forged", Environment={"Variables": variables})
            text = said("token", "--env", "forged", **stage.cloud.environment())
            assert f"the bootstrap function of {prefix} doesn't say where the database is" in text
    finally:
        functions.delete_function(FunctionName="forged")
        for part in outputs:
            cloudformation.delete_stack(StackName=f"{prefix}-{part}")


def test_credentials_without_the_right_to_look_are_told_which_it_is(stage: Stage, operator: Operator) -> None:
    operator.may(look=False)
    try:
        text = said("token", "--env", "dev", **operator.credentials)
    finally:
        operator.may()
    assert "allowed: credentials with cloudformation:DescribeStacks" in text
