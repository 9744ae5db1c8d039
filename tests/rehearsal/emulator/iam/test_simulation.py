"""IAM's simulator answers as the judge of tokens does: by policies, and by the permissions boundary."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from keyless.rehearsal.emulator.cloud import Cloud
from tests.rehearsal.emulator.functions import allow, create_role

WRITER = "arn:aws:rds-db:us-east-1:000000000000:dbuser:cluster-ABC/writer"
READER = "arn:aws:rds-db:us-east-1:000000000000:dbuser:cluster-ABC/reader"
NAME = "simulated"


@pytest.fixture
def role(cloud: Cloud) -> Iterator[str]:
    yield create_role(cloud, NAME, "lambda.amazonaws.com", Action="rds-db:connect", Resource=WRITER)
    iam = cloud.client("iam")
    iam.delete_role_policy(RoleName=NAME, PolicyName="inline")
    iam.delete_role(RoleName=NAME)


def decided(cloud: Cloud, role: str, *resources: str) -> list[Any]:
    asked = {"PolicySourceArn": role, "ActionNames": ["rds-db:connect"], "ResourceArns": list(resources)}
    return list(cloud.client("iam").simulate_principal_policy(**asked)["EvaluationResults"])


def test_each_resource_is_decided_by_the_policies(cloud: Cloud, role: str) -> None:
    found = decided(cloud, role, WRITER, READER)
    assert {one["EvalResourceName"]: one["EvalDecision"] for one in found} == {
        WRITER: "allowed",
        READER: "implicitDeny",
    }


def test_a_deny_is_explicit(cloud: Cloud, role: str) -> None:
    everything = {"Action": "rds-db:*", "Resource": "*"}
    allow(cloud, NAME, everything, {**everything, "Effect": "Deny"})
    assert [one["EvalDecision"] for one in decided(cloud, role, WRITER)] == ["explicitDeny"]


def test_the_permissions_boundary_counts_and_is_said_to(cloud: Cloud, role: str) -> None:
    iam = cloud.client("iam")
    statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": READER}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_policy(PolicyName="simulated-boundary", PolicyDocument=document)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=arn)
    (found,) = decided(cloud, role, WRITER)
    iam.delete_role_permissions_boundary(RoleName=NAME)
    iam.delete_policy(PolicyArn=arn)
    assert found["EvalDecision"] == "implicitDeny"
    assert found["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert "PermissionsBoundaryDecisionDetail" not in decided(cloud, role, WRITER)[0]


def test_there_is_nothing_to_say_of_a_role_that_is_not_there(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        decided(cloud, "arn:aws:iam::000000000000:role/nobody", WRITER)
