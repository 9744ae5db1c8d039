"""What was found, a line each, for a person to read and a run to compare. Pure."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from db_access.plan.changes import GrantRole, Plan
from db_access.postgresql.identifiers import identifier
from db_access.wording import one_line

Row = Sequence[Any]
Pair = tuple[str, str]


def lines(plan: Plan, rows: Iterable[Row], declared: Container[Pair]) -> frozenset[str]:
    """Memberships are those that are there and those that the plan gives: the same before it and after.

    Args:
        declared: role and member of the spec's memberships, whose options are what statements are for.
    """
    given = (
        _membership(each.member, each.role, "and may pass it on" if each.admin else None)
        for each in plan
        if isinstance(each, GrantRole)
    )
    return frozenset(given).union(*(_said(row, declared) for row in rows))


def _said(row: Row, declared: Container[Pair]) -> Iterator[str]:
    """The row's lines; what each kind has is in the questions (`catalog.reached`)."""
    kind, _, name, _, owner, arguments, details, digest, _ = row
    match kind:
        case "membership":
            yield _membership(name, owner, details, None if (owner, name) in declared else arguments)
        case "attributes":
            yield f"{identifier(name)} has {details}"
        case "elsewhere":
            yield f"{identifier(name)} has something in database {identifier(owner)}: {digest}"
        case _:
            yield from _object(row)


def _membership(member: str, role: str, *options: str | None) -> str:
    return ", ".join(filter(None, (f"{identifier(member)} in {identifier(role)}", *options)))


def _object(row: Row) -> Iterator[str]:
    kind, schema, name, oid, owner, arguments, details, digest, rights = row
    named = (
        name
        if kind == "other"
        else f"{kind} {'.'.join(map(identifier, filter(None, (schema, name))))}{arguments or ''}"
    )
    whose = f"{named} ({oid})" + (f" of {identifier(owner)}" if owner else "")
    yield one_line(": ".join(filter(None, (whose, details, digest))))
    for role, privileges in _by_role(rights or ()):
        yield one_line(f"{identifier(role)} has {', '.join(privileges)} on {named}")


def _by_role(rights: Iterable[tuple[str, str, bool]]) -> Iterator[tuple[str, list[str]]]:
    by: dict[str, list[str]] = {}
    for role, privilege, grantable in sorted(rights):
        by.setdefault(role, []).append(f"{privilege}*" if grantable else privilege)
    yield from by.items()
