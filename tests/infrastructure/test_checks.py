"""cdk-nag finds nothing that isn't acknowledged, and every acknowledgement is needed."""

from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_iam as iam

from keyless_aurora.acknowledge import NAG, acknowledge
from stacks.environments import DEV
from tests.infrastructure.support import Synthesis, synthesize

Found = tuple[str, str]
"""A finding's id and the construct path it is at."""

_NAMESPACE = "AwsSolutions::"


def _findings(app: cdk.App) -> list[Found]:
    report = cdk_nag.AwsSolutionsChecks(app).validate_scope(app)
    return [(violation.rule_name, resource.construct_path or "")
            for violation in report.violations for resource in violation.violating_resources]


def _acknowledged(app: cdk.App) -> Iterator[Found]:
    for construct in app.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == "aws:cdk:acknowledged-rules":
                yield from ((id.removeprefix(_NAMESPACE), construct.node.path) for id in entry.data if id.startswith(_NAMESPACE))


def mismatches(app: cdk.App) -> tuple[list[Found], list[Found]]:
    """Findings that nothing acknowledges, and acknowledgements that no finding needs."""
    findings, acknowledged = _findings(app), list(_acknowledged(app))
    return ([f for f in findings if not any(_covers(a, f) for a in acknowledged)],
            [a for a in acknowledged if not any(_covers(a, f) for f in findings)])


def _covers(acknowledged: Found, found: Found) -> bool:
    return acknowledged[0] == found[0] and f"{found[1]}/".startswith(f"{acknowledged[1]}/")


def test_every_finding_is_acknowledged_and_every_acknowledgement_needed(every: Synthesis) -> None:
    assert mismatches(every.app) == ([], [])


def test_acknowledgements_stand_on_single_constructs(every: Synthesis) -> None:
    assert {path for _, path in _acknowledged(every.app) if path.count("/") < 2} == set()


def test_a_new_finding_and_a_needless_acknowledgement_are_seen(out: Path) -> None:
    synthesis = synthesize(DEV, out)
    proxy = synthesis.deployment.database.proxy
    assert proxy is not None
    role = proxy.node.find_child("Role")
    assert isinstance(role, iam.Role)
    role.add_to_policy(iam.PolicyStatement(actions=["rds-db:connect"], resources=["arn:aws:rds-db:eu-west-1:1:dbuser:*"]))
    acknowledge(role, f"{NAG}L1", "needless")
    unacknowledged, needless = mismatches(synthesis.app)
    assert unacknowledged == [("AwsSolutions-IAM5[Resource::arn:aws:rds-db:eu-west-1:1:dbuser:*]", f"{role.node.path}/DefaultPolicy/Resource")]
    assert needless == [("AwsSolutions-L1", role.node.path)]


@pytest.mark.parametrize("other", [("X", "a/b/c"), ("IAM5", "a/bb/c"), ("IAM5", "a")])
def test_an_acknowledgement_covers_only_its_finding_in_its_construct(other: Found) -> None:
    assert _covers(("IAM5", "a/b"), ("IAM5", "a/b/c"))
    assert not _covers(("IAM5", "a/b"), other)
