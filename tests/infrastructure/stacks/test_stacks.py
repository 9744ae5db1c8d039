"""Names, places and tags of the stacks."""

import dataclasses

import pytest

from keyless_aurora.settings.database import ExistingDatabase
from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.support import Synthesis

UNTAGGED = "AWS::RDS::DBProxyTargetGroup"
"""The template validator's schema doesn't know its tags."""


def test_stacks_are_named_after_their_environment(every: Synthesis) -> None:
    prefix = f"KeylessAurora-{every.environment.name}"
    assert [stack.stack_name for stack in every.deployment.stacks] == [
        f"{prefix}-{name}" for name in ("network", "database", "access", "workload", "monitoring")
    ]


def test_stacks_go_to_the_environments_region_and_whatever_account_deploys(every: Synthesis) -> None:
    assert {stack.region for stack in every.deployment.stacks} == {every.environment.region}
    assert {stack.environment for stack in every.deployment.stacks} == {
        f"aws://unknown-account/{every.environment.region}"
    }


def test_everything_that_takes_tags_says_its_environment(every: Synthesis) -> None:
    tags = {"Key": "environment", "Value": every.environment.name}
    tagged = {
        resource["Type"] for _, resource in every.templates.named() if tags in resource["Properties"].get("Tags", [])
    }
    assert {
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBProxy",
        "AWS::EC2::VPC",
        "AWS::Lambda::Function",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
    } <= tagged
    assert all("Tags" not in resource["Properties"] for resource in every.templates.of_type(UNTAGGED))


def test_no_two_environments_share_a_network_range() -> None:
    assert len({environment.network.cidr for environment in ENVIRONMENTS.values()}) == len(ENVIRONMENTS)


def test_an_environment_cannot_be_changed_while_it_is_deployed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ENVIRONMENTS["prod"].region = "us-east-1"  # type: ignore[misc]


def test_environments_that_keep_data_are_protected() -> None:
    for name, environment in ENVIRONMENTS.items():
        if not isinstance(database := environment.database, ExistingDatabase):
            keeps = not database.protection.disposable
            assert (name, database.protection.deletion_protection, environment.protected) == (name, keeps, keeps)
