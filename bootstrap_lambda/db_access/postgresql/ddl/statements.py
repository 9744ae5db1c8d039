"""DDL for each change, composed from identifiers and literals. Only here and in the three modules below is DDL
written."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from psycopg.sql import Composed

from db_access.plan.changes import Change, GrantRole
from db_access.postgresql.ddl.grants import grant_statement
from db_access.postgresql.ddl.portions import in_portions, split
from db_access.postgresql.ddl.roles import grant_role, role_statement


def statement(change: Change) -> Composed:
    """The one statement that carries `change` out."""
    composed = role_statement(change) or grant_statement(change)
    if composed is None:
        raise TypeError(f"no statement for {change!r}")
    return Composed([composed])


def together(changes: Sequence[Change], *, administering: bool) -> Iterator[tuple[Composed, tuple[Change, ...]]]:
    """The statements for changes, and what each carries out. In their order, but memberships of one role in one, and
    many new roles first.

    After each statement about memberships PostgreSQL 16+ works out anew what the master administers, which takes as
    long as it has roles.

    Args:
        administering: whether who makes a role administers it by a membership, which is PostgreSQL 16 and later.
    """
    first, rest = split(changes) if administering else ([], changes)
    yield from ((Composed([composed]), carried_out) for composed, carried_out in in_portions(first))
    for _, group in groupby(rest, key=_alike):
        alike = tuple(group)
        head = alike[0]
        members = [change.member for change in alike if isinstance(change, GrantRole)]
        if isinstance(head, GrantRole):
            yield Composed([grant_role(head, members)]), alike
        else:
            yield from ((statement(change), (change,)) for change in alike)


def _alike(change: Change) -> object:
    return (change.role, change.inherit, change.set, change.admin) if isinstance(change, GrantRole) else None
