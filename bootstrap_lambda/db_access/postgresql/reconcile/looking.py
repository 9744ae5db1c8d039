"""What only looks: a plan, what an approval is made of, a proof. PostgreSQL itself is told that it is read-only."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from psycopg import Connection

from db_access import garbage
from db_access.errors import NoDatabaseError
from db_access.plan.changes import Change, CreateDatabase
from db_access.plan.report import Evidence, Summary
from db_access.plan.roles import UNREAD
from db_access.postgresql import apply, databases
from db_access.postgresql.identity import identity
from db_access.postgresql.look import Look
from db_access.postgresql.retry import Timeouts, retrying
from db_access.secrets import ReadSecret, Secret, from_secrets_manager, passwords_of
from db_access.spec import AccessSpec
from db_access.spec.approved import Identity

Connect = Callable[[], Connection[Any]]
TIMEOUTS: Final = Timeouts()


@garbage.left_until_later()
def preview(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret | None = from_secrets_manager,
    elsewhere: Connect | None = None,
    despite_conflicts: bool = False,
    around: bool = False,
    master: str | None = None,
) -> Summary:
    """What `converge` would do now. Writes nothing: PostgreSQL itself is told that the transaction is read-only.

    Args:
        read_secret: None to read none: passwords that are there count as those of their secrets.
        around: look at what the statements are about, too.
        despite_conflicts: where something stands against the plan, name the logins that a run ends all the same.
        master: who makes the runs, if `connect` doesn't connect as that one.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    secrets = _unread(spec) if read_secret is None else passwords_of(spec, read_secret)

    def planned(connection: Connection[Any]) -> Summary:
        return _reading(connect, connection, spec, database, timeouts, secrets, master=master).planned(
            despite_conflicts=despite_conflicts, around=around
        )

    try:
        return retrying(partial(databases.existing, connect, database), timeouts.transient, planned)
    except NoDatabaseError:
        if elsewhere is None:
            raise
    made = CreateDatabase(database, reason="declared and missing")
    return after(retrying(elsewhere, timeouts.transient, planned), made)


def observe(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    timeouts: Timeouts = TIMEOUTS,
    elsewhere: Connect | None = None,
    master: str | None = None,
) -> tuple[Summary, Identity]:
    """`preview`, and which database that was in: what an approval is made of. Reads no secret.

    Args:
        connect: as anybody, as in `prove`.
    """
    seen: list[Identity] = []

    def known(connect: Connect) -> Connection[Any]:
        connection = connect()
        seen.append(identity(connection, database=database))
        return connection

    summary = preview(
        partial(known, connect),
        spec,
        database,
        timeouts=timeouts,
        read_secret=None,
        elsewhere=partial(known, elsewhere) if elsewhere else None,
        around=True,
        master=master,
    )
    return summary, seen[-1]


def _unread(spec: AccessSpec) -> dict[str, Secret]:
    return {user.username: Secret("", UNREAD) for user in spec.users if user.auth_method == "password"}


@garbage.left_until_later()
def prove(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret | None = from_secrets_manager,
    under_lock: bool = True,
    master: str | None = None,
) -> Evidence:
    """Hold `database` against `spec`, by the plan and by PostgreSQL's own answers. Writes nothing, as `preview`.

    Args:
        connect: as anybody: all that it reads everybody may read.
        master: who makes the runs, if `connect` doesn't connect as that one.
        read_secret: None to leave out which version of its secret each password comes from.
        under_lock: False to stand in no run's way; what differs then may be a run that was on meanwhile.
    """
    secrets = {} if read_secret is None else passwords_of(spec, read_secret)

    def proven(connection: Connection[Any]) -> Evidence:
        return _reading(
            connect,
            connection,
            spec,
            database,
            timeouts,
            secrets,
            iam_logins=iam_logins,
            under_lock=under_lock,
            master=master,
        ).evidence()

    return retrying(partial(databases.existing, connect, database), timeouts.transient, proven)


def after(summary: Summary, *before: Change) -> Summary:
    return replace(summary, plan=(*before, *summary.plan))


def _reading(
    connect: Connect,
    connection: Connection[Any],
    spec: AccessSpec,
    database: str,
    timeouts: Timeouts,
    secrets: Mapping[str, Secret],
    *,
    iam_logins: frozenset[str] = frozenset(),
    under_lock: bool = True,
    master: str | None = None,
) -> Look:
    """A look, which can't write. Under the lock all the same, or it would see another run half done."""
    connection.read_only = True
    (apply.lock if under_lock else apply.begin)(connection, timeouts.lock)
    return Look.converging(connect, connection, spec, database, iam_logins, secrets, master)
