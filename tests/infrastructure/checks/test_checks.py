"""cdk-nag's two packs find nothing that isn't acknowledged, and every acknowledgement is needed, on one construct, with
a reason."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import pytest
from aws_cdk import aws_iam as iam

from keyless_aurora.acknowledge import NAG, NIST, acknowledge
from tests.app.environments import DEV, ENVIRONMENTS
from tests.infrastructure.support import ROOT, Synthesis, synthesize

Found = tuple[str, str]
"""A finding's id and the construct path it is at."""

PACKS = {"AwsSolutions::": cdk_nag.AwsSolutionsChecks, "NIST.800.53.R5::": cdk_nag.NIST80053R5Checks}
"""By the namespace of their acknowledgements."""
BY_THE_CDK = {"CloudFormation-Validate::F3002", "CloudFormation-Validate::F3003"}
"""What its own construct for flow logs acknowledges, whatever the destination."""
_REASON_LENGTH = 60


def _findings(app: cdk.App) -> list[Found]:
    reports = [pack(app).validate_scope(app) for pack in PACKS.values()]
    return [
        (violation.rule_name, resource.construct_path or "")
        for report in reports
        for violation in report.violations
        for resource in violation.violating_resources
    ]


def acknowledgements(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Id with its namespace, construct path and reason of each, as a synth wrote them beside the templates."""
    for file in sorted(folder.glob("*.metadata.json")):
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    yield from (
                        (id, path.removeprefix("/"), reason)
                        for id, reason in entry["data"].items()
                        if id not in BY_THE_CDK
                    )


def _acknowledged(app: cdk.App) -> Iterator[Found]:
    for id, path, _ in acknowledgements(Path(app.outdir)):
        namespace, separator, rule = id.partition("::")
        if namespace + separator in PACKS:
            yield rule, path


def mismatches(app: cdk.App) -> tuple[list[Found], list[Found]]:
    """Findings that nothing acknowledges, and acknowledgements that no finding needs."""
    findings, acknowledged = _findings(app), list(_acknowledged(app))
    return (
        [f for f in findings if not any(_covers(a, f) for a in acknowledged)],
        [a for a in acknowledged if not any(_covers(a, f) for f in findings)],
    )


def _covers(acknowledged: Found, found: Found) -> bool:
    return acknowledged[0] == found[0] and f"{found[1]}/".startswith(f"{acknowledged[1]}/")


def test_every_finding_is_acknowledged_and_every_acknowledgement_needed(every: Synthesis) -> None:
    assert mismatches(every.app) == ([], [])


def test_acknowledgements_stand_on_single_constructs_and_say_why(every: Synthesis) -> None:
    found = list(acknowledgements(Path(every.app.outdir)))
    assert {path for _, path, _ in found if path.count("/") < 2} == set()
    assert [id for id, _, _ in found if "::" not in id] == []
    assert [reason for _, _, reason in found if len(reason) < _REASON_LENGTH] == []


def test_a_new_finding_and_a_needless_acknowledgement_are_seen(out: Path) -> None:
    synthesis = synthesize(DEV, out)
    proxy = synthesis.deployment.database.proxy
    assert proxy is not None
    role = proxy.node.find_child("Role")
    assert isinstance(role, iam.Role)
    role.add_to_policy(
        iam.PolicyStatement(actions=["rds-db:connect"], resources=["arn:aws:rds-db:eu-west-1:1:dbuser:*"])
    )
    acknowledge(role, f"{NAG}L1", "needless")
    acknowledge(role, f"{NIST}LambdaDLQ", "needless")
    iam.Policy(
        role.stack,
        "More",
        roles=[role],
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::x/y"])],
    )
    synthesis.app.synth(force=True)
    unacknowledged, needless = mismatches(synthesis.app)
    assert unacknowledged == [
        (
            "AwsSolutions-IAM5[Resource::arn:aws:rds-db:eu-west-1:1:dbuser:*]",
            f"{role.node.path}/DefaultPolicy/Resource",
        ),
        ("NIST.800.53.R5-IAMNoInlinePolicy", f"{role.stack.node.path}/More/Resource"),
    ]
    assert needless == [("AwsSolutions-L1", role.node.path), ("NIST.800.53.R5-LambdaDLQ", role.node.path)]


@pytest.mark.parametrize("other", [("X", "a/b/c"), ("IAM5", "a/bb/c"), ("IAM5", "a")])
def test_an_acknowledgement_covers_only_its_finding_in_its_construct(other: Found) -> None:
    assert _covers(("IAM5", "a/b"), ("IAM5", "a/b/c"))
    assert not _covers(("IAM5", "a/b"), other)


_LOGICAL_ID = re.compile(r"<\w+?([A-Z][a-z]+)[0-9A-F]{8}\.Arn>")


def _page(shipped: Callable[[str], Synthesis]) -> str:
    where: dict[tuple[str, str], dict[str, None]] = {}
    for name in ENVIRONMENTS:
        for id, path, reason in acknowledgements(Path(shipped(name).app.outdir)):
            shown = _LOGICAL_ID.sub(r"<\1>", id.partition("::")[2]), reason
            where.setdefault(shown, {}).setdefault(path.removeprefix("KeylessAurora-").replace(f"{name}-", "", 1), None)
    lines = [
        f"| `{id}` | {', '.join(f'`{path}`' for path in paths)} | {reason} |"
        for (id, reason), paths in sorted(where.items())
    ]
    return "\n".join(
        [
            "# Acknowledged findings",
            "",
            "Of cdk-nag (AwsSolutions, NIST 800-53 R5) and the CDK's validator, in any of the "
            "environments; every other finding fails a synth.",
            "Written by a test (`UPDATE_SNAPSHOTS=1`), which also holds that each is needed where it stands.",
            "",
            "| finding | on | because |",
            "|---|---|---|",
            *lines,
            "",
        ]
    )


def test_the_page_lists_every_acknowledgement(shipped: Callable[[str], Synthesis]) -> None:
    page, text = ROOT / "docs" / "acknowledged.md", _page(shipped)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        page.write_text(text)
    assert page.read_text() == text, "docs/acknowledged.md is out of date: UPDATE_SNAPSHOTS=1 make infrastructure"
