"""The preflight can't write: neither by what it may ask, nor by what it tries."""

import re
from typing import Any

import boto3
import pytest
from botocore.config import Config

from keyless.preflight.account.actions import ACTIONS
from keyless.preflight.account.reader import NotReadOnlyError, Reader, read_only

NOWHERE = {"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:1"}


def test_all_that_it_may_ask_describes_gets_or_lists_and_is_no_secret() -> None:
    operations = {operation for service in ACTIONS.values() for operation in service}
    assert [each for each in operations if not re.match("Describe|Get|List", each)] == []
    assert operations.isdisjoint({"GetSecretValue", "BatchGetSecretValue", "GetFunction", "GetObject"})


def test_all_that_it_may_ask_is_an_operation_of_aws() -> None:
    for service, operations in ACTIONS.items():
        model = boto3.client(service, **NOWHERE).meta.service_model  # type: ignore[call-overload]
        assert operations <= set(model.operation_names)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("iam", "CreateServiceLinkedRole", {"AWSServiceName": "rds.amazonaws.com"}),
        ("logs", "DeleteLogGroup", {"logGroupName": "/aws/x"}),
        ("ssm", "PutParameter", {"Name": "x", "Value": "x"}),
        ("secretsmanager", "GetSecretValue", {"SecretId": "x"}),
        ("s3", "ListBuckets", {}),
    ],
)
def test_anything_else_is_refused_before_it_is_sent(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """The clients' endpoint doesn't exist: an operation that was sent would end otherwise."""
    reader = Reader(lambda name: boto3.client(name, aws_access_key_id="x", aws_secret_access_key="x", **NOWHERE))  # type: ignore[call-overload]
    with pytest.raises(NotReadOnlyError, match=f"{service}:{operation}"):
        reader.read(service, operation, **parameters)


def test_only_the_preflights_own_client_is_restricted() -> None:
    """Credentials of a profile with a role are fetched by sts:AssumeRole, with clients of botocore's own."""
    session = boto3.session.Session(aws_access_key_id="x", aws_secret_access_key="x")
    once = Config(retries={"total_max_attempts": 1})
    own, others = (session.client("sts", config=once, **NOWHERE) for _ in range(2))  # type: ignore[call-overload]
    read_only(own, "sts")
    with pytest.raises(NotReadOnlyError):
        own.get_session_token()
    with pytest.raises(Exception, match="Could not connect"):
        others.get_session_token()
