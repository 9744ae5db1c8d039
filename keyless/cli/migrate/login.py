"""Whether the new user logs in by IAM: by a session of its own, or by a login with a token that the command signs."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Final

from db_access.errors import UnreachableError
from db_access.spec import AccessSpec
from db_access.wording import one_line, quoted
from keyless.cli import seeds_variables
from keyless.cli.connection import connect
from keyless.cli.migrate.doing import Doing
from keyless.cli.migrate.seen import Seen
from keyless.migrate.phase import Migration
from keyless.migrate.roles import sessions

_NOT_SEEN: Final = (
    "{} has no session open, and PostgreSQL keeps no record of those that are over; allowed: run it while the "
    "application is at work (--wait SECONDS), or --log-in, which tries a login with a token of these credentials"
)
_OF_THE_MASTER: Final = (
    *("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE"),
    *("POSTGRES_USER", "POSTGRES_PASSWORD"),
)
_PAUSE_SECONDS: Final = 0.2


def unseen(
    seen: Sequence[Seen], spec: AccessSpec, databases: Sequence[str], doing: Doing
) -> Mapping[Migration, Sequence[str]]:
    """Of whom nothing shows it, and why."""
    waiting = [one.migration for one in seen if one.switching]
    if doing.log_in:
        return {migration: _not_let_in(spec, migration.new) for migration in waiting}
    if not waiting:
        return {}
    there = _awaited(databases[0], [migration.new for migration in waiting], doing.wait)
    return {migration: [_NOT_SEEN.format(quoted(migration.new))] for migration in waiting if migration.new not in there}


def _not_let_in(spec: AccessSpec, name: str) -> list[str]:
    user = next(user for user in spec.users if user.username == name)
    where = spec.connectable(user)
    if not where:
        return [f"{quoted(name)} may connect to no database of the spec; allowed: one in `databases` or `grants`"]
    try:
        _log_in(name, where[0])
    except UnreachableError as error:
        return [f"a login as {quoted(name)} is refused: {one_line(str(error))}"]
    return []


def _awaited(database: str, users: Sequence[str], seconds: float) -> set[str]:
    """Which of these users have a session, once all of them have, or after so many seconds."""
    deadline = time.monotonic() + seconds
    with closing(connect(database)) as connection:
        connection.autocommit = True
        while True:
            found = {session.user for session in sessions(connection, users)}
            if found >= {*users} or time.monotonic() > deadline:
                return found
            time.sleep(_PAUSE_SECONDS)


def _log_in(user: str, database: str) -> None:
    """Raises UnreachableError, with why it was refused."""
    with _as(user):
        connect(database).close()


@contextmanager
def _as(user: str) -> Iterator[None]:
    before = dict(os.environ)
    for name in _OF_THE_MASTER:
        os.environ.pop(name, None)
    os.environ |= {"PGUSER": user, seeds_variables.IAM: "true"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
