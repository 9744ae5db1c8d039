"""The lines of what users can do on MySQL and MariaDB: everything that the spec gives is done, everything else is
refused."""

from collections.abc import Iterator
from typing import Any, Final

from pymysql.connections import Connection

from db_access.spec import AccessSpec, Database
from keyless.rehearsal.lines.rights.lines import Measured, of_session
from keyless.rehearsal.lines.rights.mysql import accounts, stand_ins, things
from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.lines.rights.mysql.everybody import Everybody
from keyless.rehearsal.lines.rights.mysql.ground import Ground
from keyless.rehearsal.lines.rights.mysql.meaning import Meaning, lets_in
from keyless.rehearsal.lines.rights.mysql.probes import NAME, PROCEDURE, VIEW, Probe, on_schema, on_thing
from keyless.rehearsal.lines.rights.mysql.sessions import session
from keyless.rehearsal.lines.rights.mysql.trying import There
from keyless.rehearsal.lines.rights.mysql.words import KINDS, words
from keyless.rehearsal.lines.rights.sessions import MOST
from keyless.rehearsal.lines.rights.words import rows
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from keyless_probe.rights.things import Kind, Thing

_SCHEMAS: Final = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME <> 'information_schema'"


def measured(ground: Ground, spec: AccessSpec) -> Measured:
    """Try it all out. Leaves nothing behind."""
    found = [_of(ground, spec, database) for database in spec.databases]
    notes = [note for part in found for note in part.notes]
    if (left := len(spec.users) - MOST) > 0:
        notes.append(f"what {left:,} more users can do: the first {MOST} of the spec tried everything")
    held = tuple(one for part in found for one in part.sessions)
    shown = tuple(rows(held, KINDS, words))
    return Measured(held, tuple(one for part in found for one in part.lines), tuple(notes), shown)


def _of(ground: Ground, spec: AccessSpec, database: Database) -> Measured:
    meaning, users = Meaning(spec, database.name), spec.users[:MOST]
    with ground.superuser() as superuser:
        found = accounts.read(superuser, ground.server.kind)
        there = [schema for schema in meaning.schemas if schema in _schemas(superuser)]
        with stand_ins.made(superuser, there) as notes:
            tables = [table for schema in there for table in things.tables(superuser, schema)]
            tried = [probe for schema in meaning.schemas for probe in _probes(superuser, meaning, schema)]
            around = _there(ground, superuser, tables, found)
            held = tuple(session(ground, user, meaning, tried, around, found) for user in users)
        everybody = Everybody(superuser, meaning, found, ground.master).lines()
        lines = [line for user, one in zip(users, held, strict=True) for line in of_session(one, lets_in(user))]
        return Measured(held, (*lines, *everybody), tuple(f"{database.name}: {note}" for note in notes))


def _there(ground: Ground, superuser: "Connection[Any]", tables: list[Thing], found: accounts.Accounts) -> There:
    literally = ground.server.kind != MARIADB and query(superuser, "SELECT @@partial_revokes") == [(1,)]
    roles = sorted({one.name for one in found.all if one.name})
    return There(tables, _schemas(superuser), roles, ground.master, literally)


def _schemas(superuser: "Connection[Any]") -> list[str]:
    return [str(name) for (name,) in query(superuser, _SCHEMAS)]


def _probes(superuser: "Connection[Any]", meaning: Meaning, schema: str) -> Iterator[Probe]:
    """Of a schema that isn't there, too: then nobody can do what the spec gives."""
    named = frozenset(name for g in meaning.spec.grantees for grant in g.grants for name in grant.only)
    tables, routines = things.tables(superuser, schema), things.routines(superuser, schema)
    missing = Thing(Kind.TABLE, schema, NAME, "")
    table = next((one for one in tables if one.form != VIEW), missing)
    procedure = next((one for one in routines if one.form == PROCEDURE), missing)
    yield from on_schema(Thing(Kind.SCHEMA, schema, schema, ""), table, procedure)
    for thing in (*things.some(tables, named), *things.some(routines, named)):
        yield from on_thing(thing, meaning.key_columns)
