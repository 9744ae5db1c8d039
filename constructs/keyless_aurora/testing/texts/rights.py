"""Every right of every role, as its policies say it."""

from collections.abc import Iterator
from typing import NamedTuple

from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Templates


class Right(NamedTuple):
    role: str
    action: str
    """`not ` before it when it is denied; `everything but` for what a statement says by exception."""
    resource: str
    condition: str = ""


def rights(templates: Templates) -> str:
    """`role | action | resource`, and when, if not always; a line each."""
    return "".join(f"{' | '.join(filter(None, right))}\n" for right in sorted(set(stated(templates))))


def stated(templates: Templates) -> Iterator[Right]:
    """The rights of all roles, wherever their policies stand; anything unusual as a right of its own."""
    for role in templates.all("AWS::IAM::Role"):
        for arn in role.props.get("ManagedPolicyArns", []):
            yield Right(role.path, "managed policy", templates.text(role.stack, arn))
    for statement in statements(templates):
        yield from _of(templates, statement)


def _of(templates: Templates, statement: Statement) -> Iterator[Right]:
    condition = _condition(templates, statement)
    if unusual := sorted({"NotAction", "NotResource"} & statement.body.keys()):
        yield Right(statement.role, "everything but", str(unusual), condition)
    for action in statement.actions:
        for resource in statement.resources:
            shown = templates.text(statement.stack, resource)
            yield Right(statement.role, action if statement.allows else f"not {action}", shown, condition)


def _condition(templates: Templates, statement: Statement) -> str:
    given = [
        f"{key} {operator} {templates.text(statement.stack, value)}"
        for operator, keys in statement.body.get("Condition", {}).items()
        for key, value in keys.items()
    ]
    return f"when {' and '.join(sorted(given))}" if given else ""
