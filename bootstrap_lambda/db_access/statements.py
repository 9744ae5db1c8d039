"""DDL for each change, composed from identifiers and literals. Only here and in the two modules below is DDL written."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from psycopg.sql import Composed

from db_access.changes import Change, GrantRole
from db_access.statements_grants import grant_statement
from db_access.statements_roles import grant_role, role_statement


def statement(change: Change) -> Composed:
    """The one statement that carries `change` out."""
    composed = role_statement(change) or grant_statement(change)
    if composed is None:
        raise TypeError(f"no statement for {change!r}")
    return Composed([composed])


def together(changes: Iterable[Change]) -> Iterator[tuple[Composed, tuple[Change, ...]]]:
    """The statements for changes in their order, memberships of one role in one.

    After each statement about memberships PostgreSQL 16+ works out anew what the master administers, which takes as long as it has roles.
    """
    for _, group in groupby(changes, key=_alike):
        alike = tuple(group)
        first = alike[0]
        members = [change.member for change in alike if isinstance(change, GrantRole)]
        if isinstance(first, GrantRole):
            yield Composed([grant_role(first, members)]), alike
        else:
            yield from ((statement(change), (change,)) for change in alike)


def _alike(change: Change) -> object:
    return (change.role, change.inherit, change.set, change.admin) if isinstance(change, GrantRole) else None
