"""Looks at one database of a cluster, and says in what state it is. Changes nothing."""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, Final

from psycopg import Connection

from db_access.errors import AccessError, NoDatabaseError, PlanError, UnreachableError
from db_access.plan.changes import Plan, lasting
from db_access.plan.finding import of_evidence
from db_access.plan.render import line
from db_access.postgresql import reconcile
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.reconcile import Timeouts
from db_access.secrets import ReadSecret
from db_access.spec import AccessSpec
from keyless.fleet.admins import admins
from keyless.fleet.connection import Way
from keyless.fleet.found import Admins, Found, State, found

_TIMEOUTS: Final = Timeouts(transient=15, lock=10)
"""Less than a command for one database has, so that who holds the lock is named before the deadline."""


class Kind(StrEnum):
    PLAN = "plan"
    PROVE = "prove"
    REPORT = "report"
    """As PROVE, and who is an administrator."""


@dataclass
class Looking:
    """At the databases of one cluster."""

    kind: Kind
    way: Way
    spec: AccessSpec
    master: str | None
    read_secret: ReadSecret
    admins: Admins | None = field(default=None, init=False)
    """Asked on the first connection, for they are the whole cluster's."""

    def connect(self, database: str) -> Connection[Any]:
        connection = self.way.connect(database)
        if self.kind is Kind.REPORT and self.admins is None:
            self.admins = Admins(admins(connection))
        return connection


def looked_at(looking: Looking, name: str) -> Generator[Found | Admins, None, bool]:
    """Yields what is found, and returns whether the cluster's server can be reached."""
    known = looking.admins
    result = _found(looking, name)
    if looking.admins is not None and known is None:
        yield looking.admins
    yield result
    of_database = any(f'database "{name}"' in reason for reason in result.reasons)
    return result.state is not State.UNREACHABLE or of_database


def _found(looking: Looking, name: str) -> Found:
    try:
        differences = (_planned if looking.kind is Kind.PLAN else _proven)(looking, name)
    except PlanError as error:
        return found(name, State.FAILED, [f"stands in the way of the spec: {problem}" for problem in error.problems])
    except NoDatabaseError as error:
        return found(name, State.FAILED, [str(error)])
    except UnreachableError as error:
        return found(name, State.UNREACHABLE, [str(error)])
    except AccessError as error:
        return found(name, State.FAILED, [str(error)])
    return found(name, State.DRIFT if differences else State.FINE, differences)


def _planned(looking: Looking, name: str) -> list[str]:
    summary = reconcile.preview(
        partial(looking.connect, name),
        looking.spec,
        name,
        timeouts=_TIMEOUTS,
        read_secret=looking.read_secret,
        elsewhere=partial(looking.connect, ELSEWHERE),
        master=looking.master,
    )
    return _sentences(summary.plan)


def _proven(looking: Looking, name: str) -> list[str]:
    evidence = reconcile.prove(
        partial(looking.connect, name),
        looking.spec,
        name,
        iam_logins=frozenset() if looking.master is None else frozenset({looking.master}),
        timeouts=_TIMEOUTS,
        read_secret=looking.read_secret,
        master=looking.master,
    )
    told = of_evidence(evidence)
    return [*told.lock_outs, *told.conflicts, *told.left, *told.violations, *_sentences(evidence.plan)]


def _sentences(plan: Plan) -> list[str]:
    """What a run would do, as the drift watch says it: of a setting made by hand the name, never its value."""
    entries = [line(change) for change in lasting(plan)]
    return [f"{entry.action} {entry.what} ({entry.reason})" for entry in entries]
