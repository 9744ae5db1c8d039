"""`keyless prove` on a real server: it sees every difference, says which, and changes nothing."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.database.engine import converge, fingerprint, make_tables, run, with_user


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    converge(database)
    make_tables(database)
    return Cli(database, monkeypatch, capsys, tmp_path)


def test_a_converged_database_is_proven(cli: Cli) -> None:
    answer = cli.prove()
    assert (answer.status, answer.out.splitlines()[0]) == (0, "database app: as the spec says")
    (found,) = cli.prove("--json").json["databases"]
    assert {name: value for name, value in found.items() if name != "warnings"} == {
        "database": "app",
        "holds": True,
        "violations": [],
        "conflicts": [],
        "left": [],
        "lock_outs": [],
        "outsiders": [],
        "drift": [],
        "pending": [],
    }


@pytest.mark.parametrize(
    ("change", "violation", "drift"),
    [
        ("ALTER ROLE lambda_writer CONNECTION LIMIT 1000", None, "ALTER ROLE"),
        (
            "GRANT SELECT ON foo.event TO lambda_writer",
            "'lambda_writer' can SELECT on table foo.event, through a grant to the user",
            "REVOKE SELECT",
        ),
        (
            "SET ROLE master; CREATE ROLE team; GRANT team TO lambda_writer; RESET ROLE; GRANT SELECT ON foo.event TO team",
            "'lambda_writer' can SELECT on table foo.event, through membership in team",
            "REVOKE",
        ),
        (
            "REVOKE INSERT ON foo.event FROM lambda_writer",
            "'lambda_writer' can't INSERT on table foo.event",
            "GRANT INSERT",
        ),
        (
            "ALTER FUNCTION foo.answer() OWNER TO lambda_writer",
            "'lambda_writer' can EXECUTE on function foo.answer, through ownership",
            "ALTER ROUTINE",
        ),
    ],
)
def test_a_difference_is_status_2_and_said_to_be_violation_or_drift(
    cli: Cli, change: str, violation: str | None, drift: str | None
) -> None:
    run(cli.database, "rdsadmin", *change.split("; "))
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer, text = cli.prove("--json"), cli.prove()
        assert fingerprint(connection) == before
    (found,) = answer.json["databases"]
    assert (answer.status, text.status, found["holds"]) == (2, 2, False)
    assert any(violation in said for said in found["violations"]) if violation else found["violations"] == []
    assert any(step["statement"].startswith(drift) for step in found["drift"]) if drift else found["drift"] == []
    assert ("violations, where PostgreSQL allows something else than the spec: " in text.out) is bool(violation)
    assert ("drift, which `keyless sync` would put right" in text.out) is bool(drift)
    assert all(said in text.out for said in found["violations"])
    assert all(step["what"] in text.out for step in found["drift"])


@pytest.mark.parametrize(
    ("change", "chain"),
    [
        (
            "CREATE ROLE report LOGIN PASSWORD 'p'; GRANT lambda_writer TO report",
            "'report' in 'lambda_writer' in 'rds_iam'",
        ),
        (
            "CREATE ROLE team; CREATE ROLE report LOGIN; GRANT lambda_writer TO team; GRANT team TO report",
            "'report' in 'team' in 'lambda_writer' in 'rds_iam'",
        ),
    ],
)
def test_a_login_that_is_locked_out_is_status_2_and_named_with_its_chain(cli: Cli, change: str, chain: str) -> None:
    run(cli.database, "rdsadmin", *change.split("; "))
    says = (
        f"login 'report' reaches 'rds_iam', so its password doesn't work: {chain}; allowed: IAM users of the spec only"
    )
    answer, text = cli.prove("--json"), cli.prove()
    (found,) = answer.json["databases"]
    assert (answer.status, text.status, found["holds"], found["lock_outs"]) == (2, 2, False, [says])
    assert (
        f"database app: logins that are locked out, for they reach rds_iam by accident: 1\n    ! {says}\n" in text.out
    )
    run(cli.database, "rdsadmin", "DROP ROLE report", "DROP ROLE IF EXISTS team")
    assert cli.prove().status == 0


def test_a_password_user_of_the_spec_that_came_under_iam_is_locked_out_until_the_next_sync(cli: Cli) -> None:
    config = cli.write(with_user(username="report", auth_method="password", databases=["app"]))
    cli.sync(config=config)
    run(cli.database, "rdsadmin", "GRANT rds_iam TO report GRANTED BY master")
    (found,) = cli.prove("--json", config=config).json["databases"]
    assert found["lock_outs"] == [
        "login 'report' reaches 'rds_iam', so its password doesn't work: 'report' in 'rds_iam'; allowed: IAM "
        "users of the spec only"
    ]
    assert [cli.sync(config=config).status, cli.prove(config=config).status] == [0, 0]


@pytest.mark.parametrize(
    "change",
    [
        "CREATE ROLE theirs LOGIN; GRANT rds_iam, lambda_writer TO theirs",
        "CREATE ROLE iams; GRANT rds_iam TO iams; CREATE ROLE theirs LOGIN IN ROLE iams",
    ],
)
def test_a_login_that_others_put_under_iam_is_not_a_lock_out(cli: Cli, change: str) -> None:
    run(cli.database, "rdsadmin", *change.split("; "))
    (found,) = cli.prove("--json").json["databases"]
    assert found["lock_outs"] == []
    assert all("'theirs'" in sentence for sentence in found["outsiders"])


def test_a_database_that_was_never_synced_is_drift(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "CREATE DATABASE second OWNER master")
    config = cli.folder / "second.yaml"
    config.write_text(
        "databases: [{name: second, schemas: [{name: foo, owner: app_owner}]}]\nmanaged_by: keyless-aurora\n"
    )
    answer = cli.prove("--json", config=config)
    assert answer.status == 2
    assert [entry["database"] for entry in answer.json["databases"]] == ["second"]


def test_what_a_sync_leaves_to_others_stops_none_and_hides_nothing_else(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "CREATE TABLE foo.theirs ()", "GRANT SELECT ON foo.event TO lambda_writer")
    text, found = cli.prove(), cli.prove("--json")
    assert (text.status, found.status) == (2, 2)
    (database,) = found.json["databases"]
    assert database["conflicts"] == []
    assert all("only 'rdsadmin' can add " in sentence for sentence in database["left"])
    assert any("'lambda_writer' can SELECT on table foo.event" in sentence for sentence in database["violations"])
    for sentence in (*database["left"], *database["violations"]):
        assert sentence in text.out
    assert f"database app: left to others, which no sync changes: {len(database['left'])}\n    ! only " in text.out
    assert "refused by sync" not in text.out
    assert cli.sync().status == 0


def test_what_a_sync_is_refused_for_is_told_apart_from_what_it_leaves(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "ALTER DATABASE app OWNER TO app_owner", "GRANT CONNECT ON DATABASE app TO master")
    run(cli.database, "rdsadmin", "COMMENT ON ROLE lambda_writer IS ''")
    text, found = cli.prove(), cli.prove("--json")
    (database,) = found.json["databases"]
    (conflict,), (left,) = database["conflicts"], database["left"]
    assert "role 'lambda_writer' exists and was made by somebody else" in conflict and not database["drift"]
    assert left.startswith("database 'app' belongs to 'app_owner'")
    assert f"database app: refused by sync: 1\n    ! {conflict}\n" in text.out
    assert f"database app: left to others, which no sync changes: 1\n    ! {left}\n" in text.out
    assert cli.sync().status == 1


def test_what_a_sync_lends_itself_is_no_drift(cli: Cli) -> None:
    run(cli.database, "rdsadmin", "ALTER TABLE foo.event OWNER TO lambda_writer")
    (found,) = cli.prove("--json").json["databases"]
    assert "own_object" in {change["kind"] for change in found["drift"]}
    assert not {"lend_role", "return_role"} & {change["kind"] for change in found["drift"]}
    made = cli.sync("--dry-run", "--json").json["databases"][0]["changes"]
    assert {"lend_role", "return_role"} <= {change["kind"] for change in made}
    assert 'GRANT "lambda_writer" TO' in cli.sync("--dry-run", "--format", "sql").out
    assert "master in lambda_writer" not in cli.sync().out
