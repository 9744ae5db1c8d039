"""The statement for each change, and how the statements of many changes are put together. Executes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby

from psycopg.sql import Composed

from db_access.plan.changes import Change, GrantRole, ObjectChange
from db_access.postgresql.ddl.objects import object_statement
from db_access.postgresql.ddl.portions import Step, in_portions, split
from db_access.postgresql.ddl.roles import grant_role, role_statement
from db_access.postgresql.identifiers import printable


def statement(change: Change) -> Composed:
    """The one statement that carries `change` out. Of a password, as it is shown."""
    return object_statement(change) if isinstance(change, ObjectChange) else role_statement(change)


def shown(composed: Composed) -> str:
    """A statement as text, to be shown: everything in it prints."""
    return printable(composed.as_string(None))


def text(change: Change) -> str:
    """`statement` as it is shown."""
    return shown(statement(change))


class Digest:
    """Of statements as they are shown. One by one: a hundred thousand of them are not to be in memory at once."""

    def __init__(self) -> None:
        self._found, self._before = sha256(), ""

    def add(self, shown: str) -> None:
        self._found.update(f"{self._before}{shown}".encode())
        self._before = ";\n"

    def __str__(self) -> str:
        return self._found.hexdigest()


def digest(changes: Iterable[Change]) -> str:
    """Of all their statements."""
    found = Digest()
    for change in changes:
        found.add(text(change))
    return str(found)


def together(changes: Sequence[Change], *, administering: bool) -> Iterator[Step]:
    """The statements for changes, and what each carries out. In their order, but memberships of one role in one, and
    many new roles first.

    After each statement about memberships PostgreSQL 16+ works out anew what the master administers, which takes as
    long as it has roles.

    Args:
        administering: whether who makes a role administers it by a membership, which is PostgreSQL 16 and later.
    """
    first, rest = split(changes) if administering else ([], changes)
    yield from in_portions(first)
    for _, group in groupby(rest, key=_same_membership):
        alike = tuple(group)
        head = alike[0]
        if isinstance(head, GrantRole) and len(alike) > 1:
            yield grant_role(head, [change.member for change in alike if isinstance(change, GrantRole)]), alike
        else:
            yield from ((None, (change,)) for change in alike)


def _same_membership(change: Change) -> object:
    return (change.role, change.inherit, change.set, change.admin) if isinstance(change, GrantRole) else None
