"""Who can do what, asked by doing: every subject's answer to every probe."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from tests.conftest import Database
from tests.oracle.asking.doing import OPTIONS, attempted, log_in, stand_in
from tests.oracle.asking.probes import Probe
from tests.oracle.asking.things import Thing

ITSELF: Final = "itself"
ACTING: Final = "as its sessions start"

Subject = tuple[str, str]
"""A role, and whether as itself or as what its sessions start as."""


@dataclass
class Answers:
    """Every answer is a triple of subject, object and privilege that was tried."""

    allowed: dict[Subject, dict[Probe, bool]] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    """User to why it was not let in; empty when it was."""
    acting: dict[str, str] = field(default_factory=dict)
    """User to the role that its sessions start as, where that is another one."""

    @property
    def count(self) -> int:
        return len(self.logins) + sum(map(len, self.allowed.values()))

    @property
    def refused(self) -> int:
        return sum(not can for found in self.allowed.values() for can in found.values())

    def add(self, subject: Subject, probes: Sequence[Probe], allowed: Sequence[bool]) -> None:
        self.allowed.setdefault(subject, {}).update(zip(probes, allowed, strict=True))


def ask(
    database: Database, users: Sequence[str], others: Sequence[str], probes: Sequence[Probe], into: Answers
) -> None:
    """Log in as each of `users`; whoever isn't let in, and `others`, have a stand-in."""
    with psycopg.connect(database.superuser_conninfo, options=OPTIONS) as superuser:
        for user in users:
            login = log_in(database, user)
            into.logins[user] = login.refusal
            if login.connection is None:
                into.add((user, ITSELF), probes, stand_in(superuser, user, probes))
                continue
            with login.connection as connection:
                into.add((user, ITSELF), probes, attempted(connection, probes, "NONE"))
                if acting := _acts_as(connection):
                    into.acting[user] = acting
                    into.add((user, ACTING), probes, attempted(connection, probes))
        for other in others:
            into.add((other, ITSELF), probes, stand_in(superuser, other, probes))


def _acts_as(connection: Connection[Any]) -> str:
    row = connection.execute("SELECT current_user WHERE current_user <> session_user").fetchone()
    connection.rollback()
    return "" if row is None else str(row[0])


def of_everybody(
    database: Database, stranger: str, schemas: Sequence[Thing], probes: Sequence[Probe]
) -> dict[Probe, bool]:
    """What PUBLIC can do: the schemas as they are, and what is in them as if everybody were let in."""
    with psycopg.connect(database.superuser_conninfo, options=OPTIONS) as superuser:
        outside = [probe for probe in probes if not probe.thing.inside]
        found = dict(zip(outside, stand_in(superuser, stranger, outside), strict=True))
        for schema in schemas:
            superuser.execute(_open(schema))
        inside = [probe for probe in probes if probe.thing.inside]
        return found | dict(zip(inside, stand_in(superuser, stranger, inside), strict=True))


@contextmanager
def doors_open(database: Database, schemas: Sequence[Thing]) -> Iterator[None]:
    """USAGE on the schemas for everybody: without it nobody sees what else is allowed there."""
    with database.superuser() as superuser:
        shut = [schema for schema in schemas if not _is_open(superuser, schema)]
        for schema in shut:
            superuser.execute(_open(schema))
        yield
        for schema in shut:
            superuser.execute(SQL("REVOKE USAGE ON SCHEMA {} FROM PUBLIC").format(Identifier(schema.name)))


def _is_open(superuser: Connection[Any], schema: Thing) -> bool:
    row = superuser.execute("SELECT has_schema_privilege('public', %s::oid, 'USAGE')", [schema.oid]).fetchone()
    return row is not None and bool(row[0])


def _open(schema: Thing) -> Composed:
    return SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC").format(Identifier(schema.name))
