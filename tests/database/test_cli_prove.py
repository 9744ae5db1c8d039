"""`keyless prove` on a real server: it sees every difference, says which, and changes nothing."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli_runner import Cli
from tests.database.engine import converge, fingerprint, make_tables, run


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    converge(database)
    make_tables(database)
    return Cli(database, monkeypatch, capsys, tmp_path)


def test_a_converged_database_is_proven(cli: Cli) -> None:
    answer = cli.prove()
    assert (answer.status, answer.out) == (0, "database app: as the spec says\n")
    assert cli.prove("--json").json == {"databases": [{"database": "app", "holds": True, "surprises": [], "drift": []}]}


@pytest.mark.parametrize(("change", "surprise", "drift"), [
    ("ALTER ROLE lambda_writer CONNECTION LIMIT 1000", None, "ALTER ROLE"),
    ("GRANT SELECT ON foo.event TO lambda_writer", "'lambda_writer' can SELECT on table foo.event, through a grant to the user", "REVOKE SELECT"),
    ("CREATE ROLE team; GRANT SELECT ON foo.event TO team; GRANT team TO lambda_writer", "'lambda_writer' can SELECT on table foo.event, through membership in team", "REVOKE"),
    ("REVOKE INSERT ON foo.event FROM lambda_writer", "'lambda_writer' can't INSERT on table foo.event", "GRANT INSERT"),
    ("ALTER FUNCTION foo.answer() OWNER TO lambda_writer", "'lambda_writer' can EXECUTE on function foo.answer, through ownership", "ALTER ROUTINE"),
])  # fmt: skip
def test_a_difference_is_status_2_and_said_to_be_surprise_or_drift(cli: Cli, change: str, surprise: str | None, drift: str | None) -> None:
    run(cli.database, "rdsadmin", *change.split("; "))
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer, text = cli.prove("--json"), cli.prove()
        assert fingerprint(connection) == before
    (found,) = answer.json["databases"]
    assert (answer.status, text.status, found["holds"]) == (2, 2, False)
    assert any(surprise in said for said in found["surprises"]) if surprise else found["surprises"] == []
    assert any(step["statement"].startswith(drift) for step in found["drift"]) if drift else found["drift"] == []
    assert ("surprises, where PostgreSQL allows something else than the spec: " in text.out) is bool(surprise)
    assert ("drift, which `keyless sync` would put right" in text.out) is bool(drift)
    assert all(said in text.out for said in found["surprises"])
    assert all(step["what"] in text.out for step in found["drift"])


def test_a_database_that_was_never_synced_is_drift(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "CREATE DATABASE second OWNER master")
    config = cli.folder / "second.yaml"
    config.write_text("databases: [{name: second, schemas: [{name: foo, owner: app_owner}]}]\nmanaged_by: keyless-aurora\n")
    answer = cli.prove("--json", config=config)
    assert answer.status == 2
    assert [entry["database"] for entry in answer.json["databases"]] == ["second"]
