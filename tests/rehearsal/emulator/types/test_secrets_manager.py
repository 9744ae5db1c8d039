"""Secrets, their policies and their rotation, taken through CloudFormation."""

import pytest

from tests.rehearsal.emulator.types.stack import Stack


def test_a_secrets_reference_is_its_arn_and_its_value_is_generated_as_asked(created: Stack) -> None:
    assert created.outputs["Secret"].startswith("arn:aws:secretsmanager:us-east-1:000000000000:secret:")
    value = created.secret()
    assert value.keys() == {"username", "password"}
    assert len(value["password"]) == 40
    assert value["password"].isalnum()


def test_changing_a_secrets_description_keeps_its_value(created: Stack) -> None:
    before = created.secret()
    created.update("Secret", Description="of another user")
    described = created.secrets.describe_secret(SecretId=created.outputs["Secret"])
    assert (described["Description"], created.secret()) == ("of another user", before)


def test_a_secrets_policy_and_rotation_are_set(created: Stack) -> None:
    arn = created.outputs["Secret"]
    assert "DeleteSecret" in created.secrets.get_resource_policy(SecretId=arn)["ResourcePolicy"]
    described = created.secrets.describe_secret(SecretId=arn)
    assert described["RotationEnabled"]
    assert described["RotationLambdaARN"].endswith(f":function:{created.outputs['Rotate']}")
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 30}


def test_a_rotation_function_that_secrets_manager_may_not_call_is_refused(stack: Stack) -> None:
    stack.template["Resources"]["Permission"]["Properties"]["SourceArn"] = (
        "arn:aws:secretsmanager:us-east-1:000000000000:secret:another"
    )
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.create()
    assert "Secrets Manager cannot invoke the specified Lambda function" in stack.reasons()
