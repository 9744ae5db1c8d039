"""A prepared transaction has no session that could be ended: one of a managed role that is in the way is rolled back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Literal

from db_access.errors import LockHeldError
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Timeouts
from keyless.rehearsal.servers import startup
from keyless.rehearsal.servers.configuration import configuration
from keyless.rehearsal.servers.postgres import Postgres
from tests import hostile
from tests.conftest import Database, fresh_database
from tests.database.engine import SAMPLE, connect_as_master, converge, make_tables, run, spec

IMPATIENT = Timeouts(lock=2)
LEAVER = "leaver"
GRANT = {"database": "app", "schemas": ["foo"], "access": "read_write", "schema_privileges": ["USAGE", "CREATE"]}
GID = "it's\\x"
ENGINE_LOCK = "SELECT pg_advisory_xact_lock(30229394692076403)"


@pytest.fixture(scope="module")
def preparing() -> Iterator[Postgres]:
    """A server that prepares transactions, as RDS's do only when told to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            startup, "configuration", lambda *given: f"{configuration(*given)}max_prepared_transactions = 20\n"
        )
        with Postgres() as server:
            if hostile.HOSTILE:
                hostile.make_hostile(server)
            yield server


@pytest.fixture
def joined(preparing: Postgres) -> Iterator[Database]:
    """The sample and a user more, who may make tables."""
    with fresh_database(preparing) as database:
        converge(database, with_leaver())
        make_tables(database)
        yield database
        with preparing.connect() as connection:
            found = connection.execute("SELECT gid, database FROM pg_prepared_xacts").fetchall()
        for gid, name in found:
            with preparing.connect(database=name) as connection:
                connection.execute(SQL("ROLLBACK PREPARED {}").format(Literal(gid)))


def with_leaver() -> Any:
    return spec(users=[*SAMPLE.as_properties()["users"], {"username": LEAVER, "grants": [GRANT]}])


def prepare(database: Database, user: str, *statements: str, gid: str = GID) -> None:
    with psycopg.connect(database.conninfo(user)) as connection:
        for statement in statements:
            connection.execute(statement.encode())
        connection.execute(SQL("PREPARE TRANSACTION {}").format(Literal(gid)))


def prepared(database: Database) -> list[tuple[Any, ...]]:
    return run(database, "rdsadmin", "SELECT gid FROM pg_prepared_xacts ORDER BY gid")


def memberships(database: Database) -> list[tuple[Any, ...]]:
    of_master = "SELECT * FROM pg_auth_members WHERE member = 'master'::regrole ORDER BY roleid, grantor"
    return run(database, "rdsadmin", of_master)


@pytest.mark.parametrize("ending", ["update", "delete"])
def test_none_of_a_leavers_keeps_it_in(joined: Database, ending: str) -> None:
    prepare(joined, LEAVER, f"ALTER ROLE {LEAVER} PASSWORD 'x'")
    converge(joined, timeouts=IMPATIENT) if ending == "update" else remove(joined)
    assert prepared(joined) == []
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        joined.connect(LEAVER)


def test_the_master_keeps_no_membership_of_it(joined: Database) -> None:
    """Nor does anybody see one meanwhile: it would make a master that logs in with a password IAM-only."""
    before = memberships(joined)
    prepare(joined, LEAVER, f"ALTER ROLE {LEAVER} PASSWORD 'x'")
    converge(joined, timeouts=IMPATIENT)
    assert memberships(joined) == before


def remove(database: Database) -> None:
    reconcile.remove(connect_as_master(database), SAMPLE.managed_by, timeouts=IMPATIENT)


@pytest.mark.parametrize(
    ("user", "holding"),
    [
        ("migrator", "GRANT CREATE ON SCHEMA foo TO lambda_writer"),
        (LEAVER, "LOCK TABLE foo.stray IN ACCESS SHARE MODE"),
        (LEAVER, ENGINE_LOCK),
    ],
)
def test_one_that_is_in_the_way_is_rolled_back(joined: Database, user: str, holding: str) -> None:
    run(joined, LEAVER, "CREATE TABLE foo.stray ()")
    run(joined, "rdsadmin", "REVOKE USAGE ON SCHEMA foo FROM lambda_writer")
    prepare(joined, user, holding)
    converge(joined, with_leaver(), timeouts=IMPATIENT)
    assert prepared(joined) == []
    assert converge(joined, with_leaver()).changes == 0


def test_any_number_of_them_takes_no_longer_than_one(joined: Database) -> None:
    for number in range(4):
        run(joined, LEAVER, f"CREATE TABLE foo.stray{number} ()")
        prepare(joined, LEAVER, f"LOCK TABLE foo.stray{number} IN ACCESS SHARE MODE", gid=f"of {number}")
    converge(joined, with_leaver(), timeouts=IMPATIENT)
    assert prepared(joined) == []


def test_one_that_keeps_its_owners_memberships_locked_is_rolled_back(joined: Database) -> None:
    """To act as the owner the master goes through another member then: the owner takes no new ones."""
    lead = {"username": LEAVER, "groups": [{"name": "team", "admin": True}], "grants": [GRANT]}
    users = SAMPLE.as_properties()["users"]
    converge(joined, spec(users=[*users, lead], groups=[{"name": "team"}]))
    before = memberships(joined)
    prepare(joined, LEAVER, f"ALTER ROLE {LEAVER} PASSWORD 'x'", "GRANT team TO lambda_writer", "SET ROLE team")
    converge(joined, spec(users=users, groups=[{"name": "team"}]), timeouts=IMPATIENT)
    assert (prepared(joined), memberships(joined)) == ([], before)


def test_one_that_is_in_nobodys_way_stays(joined: Database) -> None:
    run(joined, LEAVER, "CREATE TABLE foo.stray ()")
    prepare(joined, LEAVER, "LOCK TABLE foo.stray", gid="in the way")
    prepare(joined, LEAVER, "LOCK TABLE foo.event IN ACCESS SHARE MODE", gid="not in the way")
    converge(joined, with_leaver(), timeouts=IMPATIENT)
    assert prepared(joined) == [("not in the way",)]


@pytest.mark.parametrize("holding", [ENGINE_LOCK, "ALTER ROLE lambda_writer PASSWORD 'x'"])
def test_a_strangers_is_named_with_what_ends_it(joined: Database, holding: str) -> None:
    prepare(joined, "rdsadmin", holding)
    less = [{**user, "connection_limit": 3} for user in SAMPLE.as_properties()["users"]]
    with pytest.raises(LockHeldError) as raised:
        converge(joined, spec(users=less), timeouts=IMPATIENT)
    assert f"prepared transaction {GID!r} of 'rdsadmin' in database 'app' (since 20" in str(raised.value)
    assert r"as 'rdsadmin' run there ROLLBACK PREPARED  E'it''s\\x'" in str(raised.value)
    assert prepared(joined) == [(GID,)]


def test_one_in_another_database_is_named(joined: Database, preparing: Postgres) -> None:
    run(joined, "rdsadmin", "CREATE DATABASE elsewhere")
    prepare(Database(preparing, "elsewhere"), LEAVER, f"ALTER ROLE {LEAVER} PASSWORD 'x'")
    with pytest.raises(LockHeldError, match=r"prepared transaction .* of 'leaver' in database 'elsewhere'"):
        converge(joined, timeouts=IMPATIENT)
