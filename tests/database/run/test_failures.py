"""Errors say who failed and where, in one line and without a secret; what passes is tried again, and nothing else."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from db_access.errors import ApplyError
from db_access.postgresql import apply, reconcile
from db_access.postgresql.reconcile import Timeouts
from keyless.rehearsal.os_user import end
from keyless.rehearsal.servers.files import binaries
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.servers.startup import started
from tests.conftest import DATABASE, MASTER, Database
from tests.database.engine import SAMPLE, connect_as_master, converge, run, spec, with_user

VERIFIER = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"
SECRET = "c3RvcmVk"


def test_a_refusal_shows_postgresqls_detail_but_never_a_verifier(database: Database) -> None:
    raised = "DO $$BEGIN RAISE EXCEPTION '{}' USING DETAIL = '{}', ERRCODE = '42501'; END$$"
    where = ", in PL/pgSQL function inline_code_block line 1 at RAISE"
    for primary, detail, shown in (
        ("refused", "Only a friend may.", r"refused \(Only a friend may\) \(42501\)"),
        ("refused", f"PASSWORD {VERIFIER}", r"refused \(42501\)"),
        (f"ALTER ROLE u PASSWORD {VERIFIER}", "", r"ALTER ROLE u PASSWORD <redacted> \(42501\)"),
        ("re\nfused", "Only\na friend", r"re fused \(Only a friend\) \(42501\)"),
        ("x" * 5000, "y" * 5000, r"x{1000} … \(y{1000} …\) \(42501\)"),
    ):
        with database.connect() as connection, pytest.raises(ApplyError, match=f"rolled back: {shown}{where}$"):
            apply.execute(connection, [raised.format(primary, detail).encode()])


TRIGGERS = {
    "raises by itself": "BEGIN RAISE 'the freeze is on'; END",
    "calls who raises": "BEGIN PERFORM public.guard(); END",
    "raises what called it": "BEGIN RAISE '%', pg_catalog.current_query(); END",
    "runs what called it": "BEGIN EXECUTE 'SELECT ' || pg_catalog.quote_literal(pg_catalog.current_query()) || '::int'; END",
}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_event_trigger_that_fails_is_named_and_shows_no_password(
    database: Database, trigger: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its function sees the whole message, the statement that sets a password included."""
    converge(database)
    with database.superuser() as connection:
        connection.execute(
            b"CREATE FUNCTION public.guard() RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE ''the freeze is on''; END'"
        )
        made = f"CREATE FUNCTION public.halt() RETURNS event_trigger LANGUAGE plpgsql AS $${TRIGGERS[trigger]}$$"
        connection.execute(made.encode())
        connection.execute(b"CREATE EVENT TRIGGER halts ON ddl_command_start EXECUTE FUNCTION public.halt()")
    statements = [f"ALTER ROLE migrator PASSWORD '{VERIFIER}'", "GRANT SELECT ON TABLE pg_catalog.pg_class TO migrator"]
    with (
        caplog.at_level(logging.DEBUG),
        database.connect() as connection,
        pytest.raises(ApplyError, match=r"\(\w{5}\), in .*PL/pgSQL function .*(guard|halt)\(\) line 1") as caught,
    ):
        apply.execute(connection, [statement.encode() for statement in statements])
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 2000
    assert SECRET not in str(caught.value) + caplog.text


def test_a_run_names_the_function_that_failed_it(database: Database) -> None:
    with database.superuser() as connection:
        connection.execute(
            b"CREATE FUNCTION public.halt() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END'"
        )
        connection.execute(b"CREATE EVENT TRIGGER halts ON ddl_command_start EXECUTE FUNCTION public.halt()")
    with pytest.raises(ApplyError, match=r"no \(P0001\), in PL/pgSQL function (public\.)?halt\(\) line 1 at RAISE"):
        converge(database)


@dataclass
class Tries:
    """How often a run connects."""

    connect: reconcile.Connect
    count: int = 0

    def __call__(self) -> "psycopg.Connection[tuple[object, ...]]":
        self.count += 1
        return self.connect()


@pytest.fixture(scope="module")
def reader() -> Iterator[Database]:
    """A server in recovery, as a failover's former writer or the reader endpoint is: it has the roles and reads only."""
    with Postgres() as server:
        server.create_master(MASTER, iam=True, password=None, database=DATABASE)
        database = Database(server)
        converge(database)
        data = server.folder / "data"
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("wal_level = replica\n")
        _restart(server)
        _restart(server, standby=True)
        yield database


def _restart(server: Postgres, *, standby: bool = False) -> None:
    data = server.folder / "data"
    assert server._process is not None
    end(server._process)
    if standby:
        (data / "standby.signal").touch()
    copied = server.folder / "installation" / binaries().name / "postgres"
    program = copied if copied.exists() else binaries() / "postgres"
    server._process, server.port = started(server._user, program, data, server.address, server._answers)


def test_a_reader_is_tried_again_and_then_explained(reader: Database) -> None:
    tries = Tries(connect_as_master(reader))
    more = with_user(username="report")
    with pytest.raises(ApplyError, match=r"it is a reader, or was the writer until a failover.*writer endpoint"):
        reconcile.converge(tries, more, reader.name, timeouts=Timeouts(transient=1))
    assert tries.count > 1


def test_a_removal_on_a_reader_is_explained_too(reader: Database) -> None:
    with pytest.raises(ApplyError, match="it is a reader"):
        reconcile.remove(connect_as_master(reader), SAMPLE.managed_by, timeouts=Timeouts(transient=1))


def test_a_reader_can_be_proven(reader: Database) -> None:
    assert reconcile.prove(connect_as_master(reader), SAMPLE, reader.name, under_lock=False).holds


def test_a_read_only_transaction_is_tried_again_and_then_explained(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever makes it so: the engine itself asks for one that writes, whatever the default."""
    tries = Tries(connect_as_master(database))
    monkeypatch.setattr(apply, "_BEGIN", "BEGIN READ ONLY")
    with pytest.raises(ApplyError, match=r"\(25006\).*default_transaction_read_only"):
        reconcile.converge(tries, SAMPLE, database.name, timeouts=Timeouts(transient=1))
    assert tries.count > 1


def test_a_default_of_reading_only_stops_no_run(database: Database) -> None:
    run(database, "rdsadmin", "ALTER DATABASE app SET default_transaction_read_only = on")
    converge(database)
    assert converge(database).changes == 0


def test_another_version_of_a_collation_stops_no_run(database: Database) -> None:
    """PostgreSQL warns at each connection, and that is all."""
    run(database, "rdsadmin", "UPDATE pg_database SET datcollversion = '0' WHERE datname = 'app'")
    converge(database)
    assert converge(database).changes == 0


def test_an_internal_error_that_does_not_pass_is_not_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = Tries(connect_as_master(database))
    said = 'template database "template1" has a collation version mismatch'
    statement = f"DO $$BEGIN RAISE '{said}' USING ERRCODE = 'XX000'; END$$"
    execute = apply.execute
    monkeypatch.setattr(apply, "execute", lambda connection, _: execute(connection, [statement.encode()]))
    with pytest.raises(ApplyError, match="collation version mismatch"):
        reconcile.converge(tries, SAMPLE, database.name)
    assert tries.count == 1


def test_a_database_that_cannot_be_made_for_a_collation_is_said_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CREATE DATABASE fails with XX000 where template1 was made with another version of its collation."""
    here = SAMPLE.as_properties()["databases"][0]
    wanted = spec(databases=[here, {**here, "name": "other"}])

    def tried_again(_: float) -> None:
        raise AssertionError("tried again")

    monkeypatch.setattr(time, "sleep", tried_again)
    version = "UPDATE pg_database SET datcollversion = %s WHERE datname = 'template1'"
    with database.superuser() as connection:
        found = connection.execute("SELECT datcollversion FROM pg_database WHERE datname = 'template1'").fetchone()
        connection.execute(version, ["0"])
        try:
            with pytest.raises(ApplyError, match=r"'other'.*could not be made: .*collation version.*\(XX000\)"):
                reconcile.converge(
                    lambda: psycopg.connect(database.server.conninfo(MASTER, "other")),
                    wanted,
                    "other",
                    elsewhere=lambda: psycopg.connect(database.server.conninfo(MASTER, "postgres")),
                )
        finally:
            connection.execute(version, found)


def test_a_misspelt_setting_is_said_at_once_and_with_what_is_allowed(database: Database) -> None:
    """It is missing like what somebody drops while a run is on, and will be missing each time."""
    tries = Tries(connect_as_master(database))
    misspelt = with_user(username="report", settings={"statement_timout": "5s"})
    with pytest.raises(ApplyError, match=r"\"statement_timout\" \(42704\); allowed in a user's `settings`: .*SHOW ALL"):
        reconcile.converge(tries, misspelt, database.name)
    assert tries.count == 1


def test_a_role_that_is_missing_is_still_read_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same SQLSTATE for what may have been there a moment ago."""
    tries = Tries(connect_as_master(database))
    execute = apply.execute
    monkeypatch.setattr(apply, "execute", lambda connection, _: execute(connection, [b"DROP ROLE nobody_here"]))
    with pytest.raises(ApplyError, match=r"nobody_here.*\(42704\)$"):
        reconcile.converge(tries, SAMPLE, database.name, timeouts=Timeouts(transient=1))
    assert tries.count > 1
