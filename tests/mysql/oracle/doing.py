"""What an account can do, found out by logging in as it and trying."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pymysql
from pymysql.connections import Connection

from db_access.spec.model.users import User
from keyless.rehearsal.servers.mysql.accounts import identifier
from tests.mysql.oracle.probes import DEFINING_TABLES, DESTROYING, ON_SCHEMAS, ON_SERVER, ON_TABLES, REFUSED, Probe
from tests.mysql.oracle.world.world import password
from tests.mysql.servers import Instance, rows

_ENTERS_NOT = (1045, 3118, 4151, 1698)
Tried = tuple[str, str, str]
"""What, in which schema, on which table."""


@dataclass(frozen=True)
class Place:
    """Where things are tried."""

    tables: Mapping[str, tuple[str, ...]]
    """Of each schema."""
    column: str = "v"
    destroying: bool = True


@dataclass
class Done:
    """What was let, of what was tried."""

    let: set[Tried] = field(default_factory=set)
    tried: set[Tried] = field(default_factory=set)


def entered(instance: Instance, user: User, version: int = 1) -> Connection | None:
    """A session as the user by the way that the spec says, if there is one."""
    secret = password(user.password_secret or "", version) if user.auth_method == "password" else instance.server.key
    return logged_in(instance, user.username, secret)


def logged_in(instance: Instance, name: str, secret: str) -> Connection | None:
    try:
        return instance.server.log_in(name, secret)
    except pymysql.err.OperationalError as error:
        second_way = "multiple auth switch requests" in str(error)  # that PyMySQL doesn't go
        if error.args[0] not in _ENTERS_NOT and not second_way:
            raise
        return None


def all_tried(session: Connection, place: Place) -> Done:
    """With whatever role the session has."""
    done = Done()
    for schema, tables in place.tables.items():
        for table in tables:
            data(session, place, schema, table, done)
            _each(session, DEFINING_TABLES, (schema, table), done)
            _each(session, DESTROYING if place.destroying else {}, (schema, table), done)
        _each(session, ON_SCHEMAS, (schema, ""), done)
    for statement in ON_SERVER:
        _note(session, Probe(statement, lambda *_: False, frozenset({1})), (statement, "", ""), done)
    return done


def data(session: Connection, place: Place, schema: str, table: str, done: Done) -> None:
    column = Probe(f"SELECT {identifier(place.column)} FROM {{s}}.{{t}}", ON_TABLES["SELECT"].needs)
    rows(session, "START TRANSACTION")
    _each(session, {**ON_TABLES, "SELECT column": column}, (schema, table), done)
    rows(session, "ROLLBACK")


def roles(session: Connection, names: list[str]) -> Iterator[str]:
    """Those that the session can go to, and has gone to when they are told."""
    for name in names:
        with contextlib.suppress(pymysql.err.MySQLError):
            rows(session, f"SET ROLE {identifier(name)}")
            yield name


def _each(session: Connection, probes: Mapping[str, Probe], where: tuple[str, str], done: Done) -> None:
    for what, probe in probes.items():
        _note(session, probe, (what, *where), done)


def _note(session: Connection, probe: Probe, tried: Tried, done: Done) -> None:
    statement = probe.statement.replace("{s}", identifier(tried[1])).replace("{t}", identifier(tried[2]))
    done.tried.add(tried)
    if _let(session, statement, probe):
        done.let.add(tried)


def _let(session: Connection, statement: str, probe: Probe) -> bool:
    try:
        rows(session, statement)
    except pymysql.err.MySQLError as error:
        number = error.args[0]
        if number not in REFUSED and number not in probe.but:
            raise AssertionError(f"{statement}: {error}") from error
        return number in probe.but
    finally:
        if statement.startswith("LOCK"):
            rows(session, "UNLOCK TABLES")
    return True
