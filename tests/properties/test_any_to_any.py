"""From any state that a spec describes to any other, whatever the names: one run, then nothing to do, and back
again."""

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from psycopg.sql import SQL, Identifier

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database, fresh_database
from tests.database.engine import fingerprint
from tests.properties.keeping import make_kept
from tests.properties.worlds import World, worlds

settings.register_profile("moderate", max_examples=25, derandomize=True)
settings.register_profile("soak", max_examples=2000)
settings.load_profile("soak" if "SOAK_ROUNDS" in os.environ else "moderate")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(world=worlds())
def test_any_spec_converges_from_any_other_and_back(postgres: Postgres, world: World) -> None:
    with fresh_database(postgres, world.names.database) as database:
        make_kept(database, world)
        first = _settle(database, world.here, world.names.table)
        there = _settle(database, world.there, world.names.table)
        here = _go(database, world.here)
        if world.comparable:
            assert set(first.meaning) <= set(here.meaning), "back again, and whatever is new is new"
        assert _go(database, world.there).meaning == there.meaning
        assert _go(database, world.here).acls == here.acls, "byte for byte, once both ways have been gone"


@dataclass(frozen=True)
class _View:
    meaning: list[tuple[Any, ...]]
    acls: list[tuple[Any, ...]]
    """As PostgreSQL stores them. A first visit may write a default out that was implied, and grantees who return stand
    last."""


def _settle(database: Database, wanted: AccessSpec, table: str) -> _View:
    """Go there and make objects, as migrations do after a first run."""
    _go(database, wanted)
    _make_objects(database, wanted, table)
    if any(grant.only or grant.key_columns for who in wanted.grantees for grant in who.grants):
        return _go(database, wanted)  # default privileges know neither names nor columns
    assert _converge(database, wanted) == 0, "what the owners make later has the rights that the spec says"
    return _look(database)


def _go(database: Database, wanted: AccessSpec) -> _View:
    _converge(database, wanted)
    view = _look(database)
    assert _converge(database, wanted) == 0, "a second run finds nothing to do"
    assert _look(database) == view
    return view


def _converge(database: Database, wanted: AccessSpec) -> int:
    return reconcile.converge(lambda: psycopg.connect(database.conninfo(MASTER)), wanted, database.name).changes


def _look(database: Database) -> _View:
    with database.superuser() as connection:
        return _View(fingerprint(connection), connection.execute(_ACLS).fetchall())


_ACLS = """
SELECT 'database', datname::text, datacl::text FROM pg_database WHERE datname = current_database()
UNION ALL SELECT 'schema', nspname, nspacl::text FROM pg_namespace
UNION ALL SELECT 'relation', oid::regclass::text, relacl::text FROM pg_class WHERE relnamespace > 16383
UNION ALL SELECT 'column', attrelid::regclass::text || '.' || attname, attacl::text FROM pg_attribute WHERE attrelid > 16383
UNION ALL SELECT 'function', oid::regprocedure::text, proacl::text FROM pg_proc WHERE oid > 16383
UNION ALL SELECT 'default', concat_ws(' ', defaclrole, defaclnamespace, defaclobjtype), defaclacl::text FROM pg_default_acl
ORDER BY 1, 2, 3
"""


def _make_objects(database: Database, wanted: AccessSpec, table: str) -> None:
    """Where there are none, as the owners' migrations would."""
    with database.superuser() as connection:
        for schema in wanted.database(database.name).schemas:
            place, name = Identifier(schema.name), Identifier(schema.name, table)
            connection.execute(SQL("SET ROLE {}").format(Identifier(schema.named_owner or MASTER)))
            connection.execute(
                SQL("CREATE TABLE IF NOT EXISTS {} (the_key bigserial PRIMARY KEY, {} text)").format(
                    name, Identifier(table)
                )
            )
            function = SQL("CREATE FUNCTION {}.{}() RETURNS int LANGUAGE sql AS 'SELECT 1'")
            with suppress(psycopg.errors.DuplicateFunction):
                connection.execute(function.format(place, Identifier(table)))
            connection.execute("RESET ROLE")
