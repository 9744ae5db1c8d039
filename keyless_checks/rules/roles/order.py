"""A service tries a role as soon as it is handed its ARN: what the role may do must be there by then."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

_HANDED_OVER = re.compile(r"\w*Role(Arn|ARN)?|DeliverLogsPermissionArn")
"""Properties that a service gets a role by: MonitoringRoleArn of a database, Role of a function, …"""


def complete(templates: Templates) -> Iterator[Finding]:
    """What is handed a role waits for each policy that allows the role something: RDS refuses a role for Enhanced
    Monitoring that may do nothing yet, and a proxy tries its own at once."""
    for resource in templates.all():
        if resource.type.startswith("AWS::IAM::"):
            continue
        for role in {r.path: r for r in _handed_over(templates, resource, resource.props)}.values():
            missing = {p for p in _policies(templates, role, resource.stack)} - templates.waits_for(resource.path)
            yield from (Finding(resource.path, f"it doesn't wait for {path}") for path in sorted(missing))


def _handed_over(templates: Templates, resource: Resource, value: Any) -> Iterator[Resource]:
    """The roles in a property at any depth."""
    match value:
        case dict():
            for key, inner in value.items():
                target = templates.target(resource.stack, inner) if _HANDED_OVER.fullmatch(key) else None
                if target is not None and target.type == "AWS::IAM::Role":
                    yield target
                yield from _handed_over(templates, resource, inner)
        case list():
            for inner in value:
                yield from _handed_over(templates, resource, inner)


def _policies(templates: Templates, role: Resource, stack: str) -> Iterator[str]:
    """Those of the stack: another one is there before it, or isn't at all. A denial is needed only when code runs."""
    for policy in templates.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        mine = any(templates.target(policy.stack, r) == role for r in as_list(policy.props.get("Roles", [])))
        allows = any(s.get("Effect") == "Allow" for s in as_list(policy.props["PolicyDocument"]["Statement"]))
        if policy.stack == stack and mine and allows:
            yield policy.path


RULES: tuple[Rule, ...] = (complete,)
