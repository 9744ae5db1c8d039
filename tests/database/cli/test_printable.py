"""Names that speak to terminals, logs or a pipeline's runner come out of every exit as escapes, and SQL that is shown
means the same with them."""

import logging
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from db_access import handler, logs
from db_access.errors import AccessError
from db_access.plan.changes import AlterRole, Change, CreateRole, CreateSchema, DescribeRole
from db_access.postgresql import connection as engine_connection
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.state import DesiredRole
from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import SAMPLE, connect_as_master, converge, make_tables, run
from tests.deployed import deploy

HOSTILE = [
    "red\x1b[31m",
    "two\n::error::lines",
    "a ##[add-mask]command",
    "back\\slash ##[error]",
    "carriage\rreturn",
    "bell\x07 and \x9b31m",
    "turned\u202eround",
    "line\u2028separator",
    "back\\slash\x1b",
    "quo'te\"s\x1b",
    "astral\U000e0001",
]


@pytest.fixture
def drifted(database: Database) -> Database:
    """A maker's tables, a stranger and a policy of names, each with what doesn't print."""
    converge(database)
    make_tables(database)
    converge(database)
    for name in HOSTILE:
        run(database, "migrator", SQL("CREATE TABLE foo.{} ()").format(Identifier(name)))
        run(database, "migrator", SQL("GRANT SELECT ON foo.{} TO lambda_writer").format(Identifier(name)))
        run(database, "rdsadmin", SQL("CREATE ROLE {}").format(Identifier(name)))
        run(database, "rdsadmin", SQL("GRANT INSERT ON foo.event TO {}").format(Identifier(name)))
    return database


def prints(text: str) -> bool:
    """Also no line begins with what a name says."""
    lines = text.split("\n")
    return all(line.isprintable() and not line.lstrip().startswith("::") and "##[" not in line for line in lines)


@pytest.fixture
def cli(drifted: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(drifted, monkeypatch, capsys, tmp_path)


@pytest.mark.parametrize("format_", ["text", "sql", "json", "markdown"])
def test_every_format_of_a_plan_prints(cli: Cli, format_: str) -> None:
    answer = cli.sync("--dry-run", "--format", format_)
    assert "[31m" in answer.out and prints(answer.out) and prints(answer.err)


def test_a_proof_prints(cli: Cli) -> None:
    for options in ([], ["--json"]):
        answer = cli.prove(*options)
        assert "[31m" in answer.out and prints(answer.out) and prints(answer.err)


def test_the_log_of_a_run_prints(drifted: Database, capsys: pytest.CaptureFixture[str]) -> None:
    log, here = logging.getLogger("db_access"), logging.StreamHandler()
    here.addFilter(logs.printable)
    log.addHandler(here)
    log.setLevel(logging.INFO)
    try:
        converge(drifted)
    finally:
        log.removeHandler(here)
    err = capsys.readouterr().err
    assert "[31m" in err and prints(err)


def test_the_reason_that_cloudformation_gets_prints(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run(database, "rdsadmin", *(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)) for name in HOSTILE))
    for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        engine_connection, "with_token", lambda name, *, patience: psycopg.connect(database.conninfo(MASTER))
    )
    deploy(monkeypatch, SAMPLE.as_properties())
    event = {"RequestType": "Create", "ResourceProperties": {"Database": "app", "Cluster": "cluster-1"}}
    event["ResourceProperties"]["Spec"] = SAMPLE.as_properties()  # type: ignore[index]
    with pytest.raises(AccessError) as refused:
        handler.on_event(event, None)
    assert "login 'astral\\U000e0001'" in str(refused.value) and prints(str(refused.value))


@pytest.fixture
def scratch(database: Database) -> Iterator[Connection[tuple[object, ...]]]:
    with database.superuser() as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("name", HOSTILE)
def test_sql_that_is_shown_means_what_is_carried_out(scratch: Connection[tuple[object, ...]], name: str) -> None:
    role = DesiredRole(name, description=f"of {name}", managed_by="keyless-aurora")
    changes: list[Change] = [
        CreateRole(role, reason=""),
        AlterRole(role, (), reason=""),
        DescribeRole(role, reason=""),
        CreateSchema(name, name, reason=""),
    ]
    for change in changes:
        assert prints(ddl.text(change))
        scratch.execute(ddl.text(change).encode())
    found = scratch.execute(
        "SELECT rolname, shobj_description(r.oid, 'pg_authid'), nspname FROM pg_roles AS r"
        " JOIN pg_namespace ON nspowner = r.oid WHERE rolname = %s",
        [name],
    ).fetchall()
    assert found == [(name, f"of {name} [managed by keyless-aurora]", name)]


def test_a_plan_without_such_names_is_written_as_ever(database: Database) -> None:
    plan = reconcile.preview(connect_as_master(database), SAMPLE, "app").plan
    assert not [change for change in plan if "U&" in ddl.text(change)]
    assert all(ddl.text(change) == ddl.statement(change).as_string(None) for change in plan)
