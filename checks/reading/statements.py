"""Every statement of every role, wherever the templates keep it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checks.reading.templates import Resource, Templates, as_list


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies. `path` is where it stands."""

    role: str
    path: str
    stack: str
    body: dict[str, Any]

    @property
    def allows(self) -> bool:
        return bool(self.body["Effect"] == "Allow")

    @property
    def actions(self) -> list[str]:
        return [str(action) for action in as_list(self.body.get("Action", []))]

    @property
    def resources(self) -> list[Any]:
        return as_list(self.body.get("Resource", []))


def statements(templates: Templates) -> Iterator[Statement]:
    """Those of inline policies, of policies and of managed policies of the stacks."""
    for role in templates.all("AWS::IAM::Role"):
        for policy in role.props.get("Policies", []):
            yield from _of(policy["PolicyDocument"], [role.path], role)
    for policy in templates.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        roles = [templates.text(policy.stack, role) for role in as_list(policy.props.get("Roles", []))]
        yield from _of(policy.props["PolicyDocument"], roles, policy)
    yield from _attached(templates)


def _attached(templates: Templates) -> Iterator[Statement]:
    """Managed policies of the stacks that a role names, instead of the other way round."""
    for role in templates.all("AWS::IAM::Role"):
        for arn in role.props.get("ManagedPolicyArns", []):
            policy = templates.target(role.stack, arn)
            if policy is not None and policy.type == "AWS::IAM::ManagedPolicy":
                yield from _of(policy.props["PolicyDocument"], [role.path], policy)


def _of(document: dict[str, Any], roles: list[str], place: Resource) -> Iterator[Statement]:
    for body in as_list(document["Statement"]):
        yield from (Statement(role, place.path, place.stack, body) for role in roles)
