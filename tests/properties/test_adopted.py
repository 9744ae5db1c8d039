"""Whatever a spec can make, and nobody manages any more: adopted, a sync plans nothing and changes nothing."""

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from psycopg.sql import SQL, Identifier, Literal

from db_access.postgresql import mark, reconcile
from db_access.spec import AccessSpec
from keyless.adopt import marking, written
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database, fresh_database
from tests.database.engine import fingerprint
from tests.properties.keeping import make_kept
from tests.properties.worlds import World, worlds

MANAGER = "adopting"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("adopted") / "access.yaml"


@settings(
    deadline=None,
    max_examples=int(os.environ.get("SOAK_ROUNDS", 0)) or 15,
    derandomize="SOAK_ROUNDS" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=worlds())
def test_what_any_spec_has_made_is_adopted_without_a_change(postgres: Postgres, file: Path, world: World) -> None:
    with fresh_database(postgres, world.names.database) as database:
        wanted = _logging_in(world.there)
        make_kept(database, world)
        _converge(database, wanted)
        _make_tables(database, world)
        _converge(database, wanted)
        _disown(database)
        before = _rights(database)
        with psycopg.connect(database.conninfo(MASTER)) as connection:
            adopted = marking.mark(connection, MANAGER)
        assert (adopted.left, adopted.schemas) == ({}, {}), "what a spec has said a spec can say"
        file.write_text(written.text(adopted), encoding="utf-8")
        assert _rights(database) == before
        summary = _converge(database, AccessSpec.load(file))
        assert (summary.plan, summary.left) == ((), ())
        assert _rights(database) == before


def _logging_in(wanted: AccessSpec) -> AccessSpec:
    """The same with users that log in: the others are groups to whoever finds them."""
    document = wanted.as_properties()
    for user in document.get("users", []):
        method = "password" if user.get("auth_method") == "none" else "iam"
        user |= {"auth_method": method, "can_login": True, "enabled": True}
    return AccessSpec.parse(document)


def _converge(database: Database, wanted: AccessSpec) -> reconcile.Summary:
    return reconcile.converge(lambda: psycopg.connect(database.conninfo(MASTER)), wanted, database.name)


def _make_tables(database: Database, world: World) -> None:
    with database.superuser() as connection:
        for schema in world.there.databases[0].schemas:
            connection.execute(SQL("SET ROLE {}").format(Identifier(schema.named_owner or MASTER)))
            name = Identifier(schema.name, world.names.table)
            connection.execute(SQL("CREATE TABLE {} (the_key bigserial PRIMARY KEY, other text)").format(name))
            connection.execute("RESET ROLE")


def _disown(database: Database) -> None:
    """Every role's comment is its description alone, as if nobody had ever managed it."""
    with database.superuser() as connection:
        found = connection.execute("SELECT rolname::text, shobj_description(oid, 'pg_authid') FROM pg_roles").fetchall()
        for name, comment in found:
            if mark.parse(comment).managed_by is not None:
                text = Literal(mark.parse(comment).description)
                connection.execute(SQL("COMMENT ON ROLE {} IS {}").format(Identifier(name), text))


def _rights(database: Database) -> list[tuple[Any, ...]]:
    """All but the comments."""
    with database.superuser() as connection:
        found = fingerprint(connection)
    return [(what, name, text[: text.rindex("}")] if what == "role" else text) for what, name, text in found]
