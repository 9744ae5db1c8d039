"""What a role may do is decided by what uses it, which is one thing."""

from collections.abc import Iterator

from keyless_checks.allowed.actions import TRUSTED, actions_of
from keyless_checks.reading.roles import Kind, Use, uses
from keyless_checks.reading.statements import statements
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule


def actions(templates: Templates) -> Iterator[Finding]:
    """A role has the actions that were decided on for what uses it (keyless_checks/allowed/actions.py): none can
    widen its own rights."""
    used = _by_role(templates)
    for statement in statements(templates):
        kinds = used.get(statement.role, [])
        allowed = frozenset[str]().union(*(actions_of(use.kind, use.role, templates.own) for use in kinds))
        for action in statement.actions if statement.allows else ():
            if action not in allowed:
                yield Finding(
                    statement.path,
                    f"{statement.role} may {action}; allowed for {_named(kinds)}: {', '.join(sorted(allowed))}",
                )


def one_user(templates: Templates) -> Iterator[Finding]:
    """A role is for one thing, in its own stack, and its service alone may take it."""
    used = _by_role(templates)
    for role in templates.all("AWS::IAM::Role"):
        users = used.get(role.path, [])
        if len({use.user.path for use in users}) != 1 or users[0].user.stack != role.stack:
            yield Finding(role.path, f"it is used by {_named(users)}; allowed: one, in its own stack")
        else:
            yield from (Finding(role.path, problem) for problem in _taken_otherwise(role, users[0].kind))
    for function in templates.all("AWS::Lambda::Function"):
        if function.path not in {use.user.path for users in used.values() for use in users}:
            yield Finding(function.path, "its role is not one of the stacks")


def _taken_otherwise(role: Resource, kind: Kind) -> Iterator[str]:
    if kind is Kind.PIPELINE:
        return  # whose claims are exact: roles.trust, tests of the pipeline
    for statement in as_list(role.props["AssumeRolePolicyDocument"]["Statement"]):
        if statement["Principal"] != {"Service": TRUSTED[kind]} or statement["Action"] != "sts:AssumeRole":
            yield f"{statement['Principal']} may {statement['Action']} it; allowed: {TRUSTED[kind]}, sts:AssumeRole"


def _by_role(templates: Templates) -> dict[str, list[Use]]:
    found: dict[str, list[Use]] = {}
    for use in uses(templates):
        found.setdefault(use.role, []).append(use)
    return found


def _named(users: list[Use]) -> str:
    return ", ".join(sorted({use.kind.value for use in users})) or "nobody"


RULES: tuple[Rule, ...] = (actions, one_user)
