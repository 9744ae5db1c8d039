"""Every statement of every role, wherever the templates keep it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.templates import Resource, Templates, as_list


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies. `path` is where it stands."""

    role: str
    path: str
    stack: str
    body: dict[str, Any]

    @property
    def allows(self) -> bool:
        """Whatever doesn't deny: what is written otherwise than `Allow` is a finding of its own."""
        return self.body.get("Effect") != "Deny"

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
            yield from _of(policy.get("PolicyDocument"), [role.path], role)
    for policy in templates.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        roles = [templates.text(policy.stack, role) for role in as_list(policy.props.get("Roles", []))]
        yield from _of(policy.props.get("PolicyDocument"), roles, policy)
    yield from _attached(templates)


def _attached(templates: Templates) -> Iterator[Statement]:
    """Managed policies of the stacks that a role names, instead of the other way round."""
    for role in templates.all("AWS::IAM::Role"):
        for arn in role.props.get("ManagedPolicyArns", []):
            policy = templates.target(role.stack, arn)
            if policy is not None and policy.type == "AWS::IAM::ManagedPolicy":
                yield from _of(policy.props.get("PolicyDocument"), [role.path], policy)


def _of(document: object, roles: list[str], place: Resource) -> Iterator[Statement]:
    """What is not a statement is left out: `policies.grammar` finds it."""
    entries = as_list(document.get("Statement", [])) if isinstance(document, dict) else []
    for body in entries:
        if isinstance(body, dict):
            yield from (Statement(role, place.path, place.stack, body) for role in roles)


def allowed_on(templates: Templates, role: str, action: str) -> set[str]:
    """The resources on which a role may do that, in readable form."""
    mine = [s for s in statements(templates) if s.role == role and s.allows and action in s.actions]
    return {templates.text(s.stack, resource) for s in mine for resource in s.resources}


def policies_of(templates: Templates, role: Resource | None) -> list[Resource]:
    """The policies beside a role that name it."""
    return [
        policy
        for policy in templates.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        if role and any(templates.target(policy.stack, r) == role for r in as_list(policy.props.get("Roles", [])))
    ]
