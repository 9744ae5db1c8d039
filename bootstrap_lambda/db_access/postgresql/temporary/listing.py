"""Which memberships that the spec lets be given for a while are there. Changes nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

from psycopg import Connection

from db_access.postgresql import apply, databases
from db_access.postgresql.attempt import Attempt
from db_access.postgresql.planning.temporary import Holding, holdings
from db_access.postgresql.retry import Timeouts, retrying
from db_access.postgresql.temporary.asked import TemporaryError, foreign
from db_access.spec import AccessSpec


def listed(
    connect: Callable[[], Connection[Any]],
    spec: AccessSpec,
    database: str,
    *,
    timeouts: Timeouts,
    master: str | None = None,
) -> list[Holding]:
    """By member, those that are over and not yet ended among them. Takes no lock."""
    return [each for each in recorded(connect, spec, database, timeouts=timeouts, master=master) if each.there]


def recorded(
    connect: Callable[[], Connection[Any]],
    spec: AccessSpec,
    database: str,
    *,
    timeouts: Timeouts,
    master: str | None = None,
) -> list[Holding]:
    """Beside those that are there, those that are only recorded.

    Args:
        connect: as anybody, to any of the spec's databases.
        master: who gives them, if `connect` doesn't connect as that one.

    Raises:
        TemporaryError: when somebody else manages the groups.
    """

    def attempt(connection: Connection[Any]) -> list[Holding]:
        connection.read_only = True
        apply.begin(connection, timeouts.lock)
        look = Attempt.converging(connect, connection, spec, database, frozenset(), {}, master)
        with connection.pipeline():
            asked = look.snapshot.ask()
        current = asked.read()
        connection.rollback()
        groups = {group for group, _ in look.target.desired.may_have}
        if problems := foreign(current, groups, spec.managed_by):
            raise TemporaryError(problems)
        return [*holdings(look.target.settled(current), current, spec.managed_by)]

    return retrying(partial(databases.existing, connect, database), timeouts.transient, attempt)
