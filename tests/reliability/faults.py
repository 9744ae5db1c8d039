"""What the reliability tests share: two states to go between, and a wire on which something happens at a chosen
moment."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench.wire import Wire
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Summary, Timeouts
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, converge, fingerprint, make_tables, run, spec

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "3"))
"""How often the concurrent runs are repeated: `make soak` sets 200."""

ONCE = Timeouts(transient=0, lock=30)
"""No second attempt: what one broken run leaves is to be seen."""

HERE = SAMPLE
THERE = spec(
    users=[
        {
            "username": "migrator",
            "connection_limit": 9,
            "grants": [{"database": "app", "schemas": ["foo", "bar", "ops"], "access": "owner"}],
        },
        {
            "username": "lambda_writer",
            "enabled": False,
            "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
        },
        {
            "username": "reader",
            "description": "reads",
            "grants": [{"database": "app", "schemas": ["bar", "ops"], "access": "read_only"}],
        },
    ]
)
"""From HERE to THERE a run makes, changes and describes roles, grants, revokes, and changes default privileges."""

Fingerprint = list[tuple[Any, ...]]


@dataclass
class Journey:
    """A database that is HERE, and what it looks like HERE and THERE."""

    database: Database
    here: Fingerprint = field(default_factory=list)
    ended: Fingerprint = field(default_factory=list)
    """HERE, but for the login that ends THERE: it ends first, on its own."""
    there: Fingerprint = field(default_factory=list)

    def __post_init__(self) -> None:
        converge(self.database, HERE)
        make_tables(self.database)
        converge(self.database, THERE)
        self.there = self.look()
        self.back()
        self.here = self.look()  # the retired role `reader` stays
        run(self.database, "rdsadmin", "ALTER ROLE lambda_writer NOLOGIN")
        self.ended = self.look()
        self.back()
        assert self.look() == self.here
        assert self.here != self.there

    def look(self) -> Fingerprint:
        """What everybody else sees at this moment."""
        with self.database.superuser() as connection:
            return fingerprint(connection)

    def where(self) -> str:
        """Which of the states that anybody may see this is."""
        states = {"here": self.here, "login ended": self.ended, "there": self.there}
        now = self.look()
        return next((name for name, state in states.items() if state == now), f"half done: {now}")

    def back(self) -> None:
        converge(self.database, HERE)

    def terminate(self) -> None:
        """End every session of the master, as an administrator or a failover does."""
        with self.database.superuser() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [MASTER])


def dial(database: Database) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.connect(str(database.server.folder / f".s.PGSQL.{database.server.port}"))
    return server


@contextmanager
def wired(database: Database, **notices: Any) -> Iterator[Wire]:
    """Notices: `asked` and `answered`, as Wire has them."""
    with Wire(partial(dial, database), **notices) as wire:
        yield wire


def conninfo(wire: Wire) -> str:
    return make_conninfo(
        host="127.0.0.1", port=wire.port, user=MASTER, dbname="app", sslmode="disable", connect_timeout=20
    )


def go_there(wire: Wire, timeouts: Timeouts = ONCE) -> Summary:
    return reconcile.converge(lambda: psycopg.connect(conninfo(wire)), THERE, "app", timeouts=timeouts)


def count_round_trips(journey: Journey) -> int:
    """Of a whole run from HERE to THERE; the journey is HERE again afterwards."""
    numbers: list[int] = []
    with wired(journey.database, asked=numbers.append) as wire:
        assert go_there(wire).changes > 0
    journey.back()
    return max(numbers)
