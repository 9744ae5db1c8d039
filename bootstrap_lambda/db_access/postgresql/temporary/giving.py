"""Put a user into a group for a while."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from psycopg import Connection

from db_access.plan.temporary import Temporary
from db_access.postgresql.planning.temporary import over, with_temporary
from db_access.postgresql.retry import Timeouts, retrying
from db_access.postgresql.state import Current, Desired
from db_access.postgresql.temporary.asked import Asked, TemporaryError
from db_access.postgresql.temporary.lasting import refuse_lasting
from db_access.postgresql.temporary.narrow import Narrow
from db_access.spec import AccessSpec


@dataclass(frozen=True)
class Given:
    record: Temporary
    new: bool
    """False: it has it for at least as long already, so nothing was changed."""


def give(
    connect: Callable[[], Connection[Any]],
    spec: AccessSpec,
    database: str,
    asked: Asked,
    *,
    timeouts: Timeouts,
    others: Mapping[str, Callable[[], Connection[Any]]] = MappingProxyType({}),
) -> Given:
    """A membership that is there when this returns, recorded with its end. One that ends later already stays as it is.

    Args:
        connect: to any of the spec's databases, as the master: memberships are the cluster's.
        others: to the rest of them by name, where before PostgreSQL 16 nothing may be made that lasts.

    Raises:
        TemporaryError: when the spec doesn't allow it, or a deploy has yet to make a role.
        AccessError: as a run raises it.
    """
    asked.check(spec)
    refuse_lasting({database: connect, **others}, asked, timeouts.transient)
    seen: list[Given] = []

    def attempt(connection: Connection[Any]) -> None:
        narrow = Narrow.converging(connect, connection, spec, database, frozenset(), {})

        def wanted(current: Current) -> Desired:
            _refuse_foreign(current, asked, spec.managed_by)
            given = _given(narrow.target.settled(current), current, asked)
            seen.append(given)
            others = [t for t in current.roles[asked.member].temporary if t.group not in ("", asked.group)]
            return with_temporary(narrow.target.desired, {asked.member: (*others, given.record)}, current)

        narrow.run({(asked.group, asked.member)}, wanted, timeouts)

    retrying(connect, timeouts.transient, attempt)
    return seen[-1]


def _given(settled: Desired, current: Current, asked: Asked) -> Given:
    if current.now is None:
        raise TemporaryError(["the database's clock was not read"])
    until = current.now.replace(microsecond=0) + asked.length
    opened = settled.roles[asked.member].temporary
    former = over(asked.group, asked.member, current)
    if former is not None and former in opened and former.until >= until:
        return Given(former, new=False)
    return Given(Temporary(asked.group, until, asked.by, asked.reason), new=True)


def _refuse_foreign(current: Current, asked: Asked, managed_by: str) -> None:
    problems = [
        f"role {name!r} {_whose(current, name)}; deploy the spec first, or name who manages its roles (--managed-by)"
        for name in (asked.member, asked.group)
        if name not in current.roles or current.roles[name].managed_by != managed_by
    ]
    if problems:
        raise TemporaryError(problems)


def _whose(current: Current, name: str) -> str:
    if name not in current.roles:
        return "isn't there"
    return f"is managed by {current.roles[name].managed_by or 'nobody'!r}"
