"""DDL for many new roles at once, on PostgreSQL 16 and later. Executes nothing.

There COMMENT ON ROLE and ALTER ROLE look through all roles that the master administers, each time (is_admin_of_role in
PostgreSQL's acl.c): for 20,000 users a minute in all on 17, twenty on 16. So new roles come in portions, each with a
helper that administers this portion and nothing else, and what is about one of its roles alone is done as the helper.
It is dropped, and its memberships with it, before the next portion: nobody else ever sees it.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, assert_never

from psycopg.sql import SQL, Composed, Identifier

from db_access.plan.changes import Change, Configure, CreateRole, DescribeRole, SetPassword
from db_access.postgresql.ddl.roles import role_statement

MANY: Final = 1000
"""New roles from which on it pays."""
_PORTION: Final = 500
"""Making and dropping a helper looks through all the roles; a comment through the portion's."""

OfOneRole = CreateRole | DescribeRole | SetPassword | Configure
"""What makes a role, or is about one role and no other."""
Step = tuple[Composed | None, tuple[Change, ...]]
"""A statement, and what it carries out; None for the one of its only change, as it is."""


def split(changes: Sequence[Change]) -> tuple[list[OfOneRole], list[Change]]:
    """What makes roles or is about a new one alone, when these are many; and the rest. Both in their order."""
    new = {change.role.name for change in changes if isinstance(change, CreateRole)}
    if len(new) < MANY:
        return [], list(changes)
    portioned: list[OfOneRole] = []
    rest: list[Change] = []
    for change in changes:
        if isinstance(change, OfOneRole) and _role(change) in new:
            portioned.append(change)
        else:
            rest.append(change)
    return portioned, rest


def in_portions(changes: Sequence[OfOneRole]) -> Iterator[Step]:
    """The statements for what `split` found, and between them those about the helpers, which carry no change out."""
    by_role: dict[str, list[OfOneRole]] = {}
    for change in changes:
        by_role.setdefault(_role(change), []).append(change)
    names = list(by_role)
    for start in range(0, len(names), _PORTION):
        yield from _portion({name: by_role[name] for name in names[start : start + _PORTION]})


def _portion(by_role: Mapping[str, Sequence[OfOneRole]]) -> Iterator[Step]:
    helper = Identifier(f"keyless-aurora~{sha256(repr(list(by_role)).encode()).hexdigest()[:16]}")
    yield SQL("CREATE ROLE {} CREATEROLE").format(helper), ()
    yield SQL("GRANT {} TO SESSION_USER WITH INHERIT FALSE, SET TRUE").format(helper), ()
    changes = [change for about in by_role.values() for change in about]
    for change in changes:
        if isinstance(change, CreateRole):
            yield SQL("{} ADMIN {}").format(role_statement(change), helper), (change,)
    yield SQL("SET LOCAL ROLE {}").format(helper), ()
    for change in changes:
        if not isinstance(change, CreateRole):
            yield None, (change,)
    yield Composed([SQL("SET LOCAL ROLE NONE")]), ()
    yield SQL("DROP ROLE {}").format(helper), ()


def _role(change: OfOneRole) -> str:
    match change:
        case CreateRole() | DescribeRole():
            return change.role.name
        case SetPassword() | Configure():
            return change.role
        case _:
            assert_never(change)
