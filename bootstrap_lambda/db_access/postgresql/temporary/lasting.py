"""What a member could make as the group that would outlast its membership, before PostgreSQL 16, where nothing keeps it
from SET ROLE: a function or a view with the group's rights stays when the membership has gone.

The spec refuses groups that may make things. This is about what comes from elsewhere: a schema of the member's own, in
which it lets the group create; or one in which everybody may.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from psycopg import Connection

from db_access.errors import NoDatabaseError
from db_access.postgresql import databases
from db_access.postgresql.catalog import lasting
from db_access.postgresql.retry import retrying
from db_access.postgresql.session import settle
from db_access.postgresql.temporary.asked import Asked, TemporaryError
from db_access.wording import listed

Connect = Callable[[], Connection[Any]]
_SET_OPTION: Final = 160000


def refuse_lasting(ways: Mapping[str, Connect], asked: Asked, seconds: float) -> None:
    """Raises TemporaryError where something could be left.

    Args:
        ways: to each of the databases that are to be looked at; one that isn't there has nothing in it.
        seconds: how long to try while failures pass.
    """
    problems = list[str]()
    for name, connect in ways.items():
        try:
            found = retrying(partial(databases.existing, connect, name), seconds, partial(_found, asked=asked))
        except NoDatabaseError:
            continue
        if found is None:
            return
        problems += [_problem(asked, name, each) for each in found]
    if problems:
        raise TemporaryError(problems)


def _found(connection: Connection[Any], *, asked: Asked) -> list[tuple[str, list[str]]] | None:
    """None: nobody can become the group."""
    if connection.info.server_version >= _SET_OPTION:
        return None
    settle(connection)
    return lasting.read(connection, asked.member, asked.group)


def _problem(asked: Asked, database: str, found: tuple[str, list[str]]) -> str:
    why, where = found
    names = listed([*map(repr, where)])
    can = {
        "database": f"{asked.member!r} may make schemas in database {names} (CREATE)",
        "group": f"{asked.group!r} may create in schema {names} of database {database!r}",
        "owner": f"{asked.member!r} owns schema {names} of database {database!r}, itself or by a membership",
    }[why]
    return (
        f"{can}, so before PostgreSQL 16 it can leave a function there that keeps the rights of {asked.group!r}; "
        "allowed: to take that away before, such as from PUBLIC; or PostgreSQL 16 or later"
    )
