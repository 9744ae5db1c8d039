"""What stands around the spec's roles is said and left alone: others in our roles, databases that our users reach,
rights of other kinds."""

from pathlib import Path
from typing import Any

import pytest

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.database.engine import connect_as_master, converge, run, spec

READERS = {"name": "readers", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}
ALWAYS = ["postgres", "template1"]
"""A fresh cluster's databases, in which PUBLIC may connect."""


def wanted(**changes: Any) -> AccessSpec:
    """The sample, the group, and every database of the cluster declared."""
    sample = spec().as_properties()
    databases = [*sample["databases"], *({"name": name, "public": "open"} for name in ALWAYS)]
    return spec(**{"groups": [READERS], "databases": databases, **changes})


def said(database: Database, asked: AccessSpec | None = None) -> list[str]:
    """What a run says, which a preview and a proof say too, and neither takes for a difference."""
    asked = asked or wanted()
    summary = converge(database, asked)
    assert summary.changes == 0
    evidence = reconcile.prove(connect_as_master(database), asked, "app")
    assert evidence.holds
    assert (
        summary.warnings == evidence.warnings == reconcile.preview(connect_as_master(database), asked, "app").warnings
    )
    return list(summary.warnings)


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, wanted())
    assert said(database) == []
    return database


def test_a_login_in_an_iam_user_is_refused_and_not_only_said(ready: Database) -> None:
    run(ready, "master", "CREATE ROLE report LOGIN", "GRANT lambda_writer TO report")
    evidence = reconcile.prove(connect_as_master(ready), wanted(), "app")
    assert not evidence.holds
    assert evidence.lock_outs == (
        "login 'report' reaches 'rds_iam', so its password doesn't work: 'report' in 'lambda_writer' in "
        "'rds_iam'; allowed: IAM users of the spec only",
    )


def test_members_of_a_role_that_is_adopted_are_said_by_the_preview_too(ready: Database) -> None:
    run(ready, "master", "CREATE ROLE legacy", "CREATE ROLE team", "GRANT legacy TO team")
    asked = wanted(groups=[READERS, {"name": "legacy", "adopt": True}])
    preview = reconcile.preview(connect_as_master(ready), asked, "app")
    assert [sentence.partition(",")[0] for sentence in preview.warnings] == ["role 'team'"]
    assert converge(ready, asked).warnings == preview.warnings


def test_an_undeclared_database_that_lets_public_in_is_said_until_the_spec_declares_it(ready: Database) -> None:
    assert said(ready, spec(groups=[READERS])) == [
        "databases 'postgres', 'template1', which the spec doesn't declare, let PUBLIC connect, every user of the "
        "spec included; declare them to lock PUBLIC out, or with `public: open` to say that it is meant"
    ]
    run(ready, "master", "CREATE DATABASE second")
    assert [sentence.partition(",")[0] for sentence in said(ready)] == ["database 'second'"]
    run(ready, "master", "REVOKE CONNECT ON DATABASE second FROM PUBLIC")
    assert said(ready) == []


def test_an_undeclared_database_that_lets_some_users_in_names_them(ready: Database) -> None:
    run(
        ready,
        "master",
        "CREATE DATABASE second",
        "REVOKE CONNECT ON DATABASE second FROM PUBLIC",
        "CREATE ROLE bystander LOGIN",
    )
    run(ready, "master", "GRANT CONNECT ON DATABASE second TO lambda_writer, app_owner, bystander")
    assert said(ready) == [
        "database 'second', which the spec doesn't declare, lets 'lambda_writer' connect; REVOKE CONNECT there, "
        "or declare the database"
    ]
    run(
        ready,
        "master",
        "REVOKE CONNECT ON DATABASE second FROM lambda_writer, app_owner",
        "GRANT CONNECT ON DATABASE second TO readers",
    )
    assert said(ready) == []


def test_a_database_into_which_a_group_leads_is_said(ready: Database) -> None:
    member = {"username": "reader", "groups": ["readers"]}
    asked = wanted(users=[*spec().as_properties()["users"], member])
    converge(ready, asked)
    run(
        ready,
        "master",
        "CREATE DATABASE second",
        "REVOKE CONNECT ON DATABASE second FROM PUBLIC",
        "GRANT CONNECT ON DATABASE second TO readers",
    )
    assert ["'reader' connect" in sentence for sentence in said(ready, asked)] == [True]


def test_of_many_users_that_a_database_lets_in_a_few_are_named(ready: Database) -> None:
    asked = wanted(users=[{"username": f"user{n}", "groups": ["readers"]} for n in range(6)])
    converge(ready, asked)
    run(
        ready,
        "master",
        "CREATE DATABASE second",
        "REVOKE CONNECT ON DATABASE second FROM PUBLIC",
        "GRANT CONNECT ON DATABASE second TO readers",
    )
    assert ["lets 'user0', 'user1', 'user2' and others connect" in sentence for sentence in said(ready, asked)] == [
        True
    ]


def test_a_database_that_lets_nobody_in_is_not_said(ready: Database) -> None:
    run(ready, "master", "CREATE DATABASE second")
    run(ready, "rdsadmin", "ALTER DATABASE second ALLOW_CONNECTIONS false")
    assert said(ready) == []


def test_an_undeclared_schema_that_is_open_to_public_is_said_where_public_is_locked(ready: Database) -> None:
    run(ready, "rdsadmin", "CREATE SCHEMA closed", "CREATE SCHEMA extra", "GRANT USAGE ON SCHEMA extra TO PUBLIC")
    assert [sentence.partition("; ")[0] for sentence in said(ready)] == [
        "schema 'extra', which the spec doesn't declare, is open to PUBLIC, which may have rights there too"
    ]
    sample = wanted().as_properties()
    assert said(ready, wanted(databases=[{**sample["databases"][0], "public": "open"}, *sample["databases"][1:]])) == []
    run(ready, "rdsadmin", "REVOKE USAGE ON SCHEMA extra FROM PUBLIC")
    assert said(ready) == []
    run(ready, "rdsadmin", "GRANT CREATE ON SCHEMA extra TO PUBLIC")  # which needs no USAGE
    assert ["schema 'extra'" in sentence for sentence in said(ready)] == [True]


def test_the_schema_public_may_be_gone(ready: Database) -> None:
    run(ready, "rdsadmin", "DROP SCHEMA public")
    assert said(ready) == []


@pytest.mark.parametrize(
    ("grant", "what"),
    [
        (
            "GRANT SET ON PARAMETER session_replication_role TO lambda_writer",
            "'lambda_writer' has rights on parameter session_replication_role",
        ),
        (
            "SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO readers",
            "'readers' has rights on large object 4711",
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO lambda_writer",
            "'lambda_writer' has rights on function pg_read_file(text)",
        ),
        ("GRANT SELECT (rolname, rolpassword) ON pg_authid TO readers", "'readers' has rights on table pg_authid"),
        (
            "GRANT SELECT ON information_schema.tables TO readers",
            "'readers' has rights on view information_schema.tables",
        ),
        ("GRANT CREATE ON SCHEMA pg_catalog TO readers", "'readers' has rights on schema pg_catalog"),
        ("GRANT USAGE ON LANGUAGE plpgsql TO readers", "'readers' has rights on language plpgsql"),
        ("GRANT CREATE ON TABLESPACE pg_default TO readers", "'readers' has rights on tablespace pg_default"),
        (
            "CREATE FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN DATA WRAPPER w TO readers",
            "'readers' has rights on foreign-data wrapper w",
        ),
        (
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; GRANT USAGE ON FOREIGN SERVER s "
            "TO readers",
            "'readers' has rights on server s",
        ),
    ],
)
def test_rights_on_what_the_engine_does_not_look_at_are_said(ready: Database, grant: str, what: str) -> None:
    run(ready, "rdsadmin", *grant.split("; "))
    try:
        assert [sentence.partition(",")[0] for sentence in said(ready)] == [f"role {what}"]
    finally:
        run(ready, "rdsadmin", grant.split("; ")[-1].replace("GRANT", "REVOKE").replace(" TO ", " FROM "))


def test_many_rights_of_the_kind_are_counted_and_not_listed(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        *(f"SELECT lo_create({n})" for n in range(1, 9)),
        *(f"GRANT SELECT ON LARGE OBJECT {n} TO readers" for n in range(1, 9)),
    )
    assert [sentence.partition("; ")[0] for sentence in said(ready)] == [
        "role 'readers' has rights on large object 1, large object 2, large object 3 and 5 more, of which no "
        "spec speaks, so no run takes them away"
    ]


def test_the_command_says_it_once_whatever_the_number_of_databases(
    ready: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cli = Cli(ready, monkeypatch, capsys, tmp_path)
    run(ready, "master", "CREATE DATABASE second")
    run(ready, "rdsadmin", "GRANT SET ON PARAMETER session_replication_role TO readers")
    sample = wanted().as_properties()
    config = cli.write(
        AccessSpec.parse(
            {**sample, "databases": [sample["databases"][0], {"name": "second"}, *sample["databases"][1:]]}
        )
    )
    for answer in (
        cli.sync("--database", "second", config=config),
        cli.sync(config=config),
        cli.sync("--dry-run", config=config),
        cli.prove(config=config),
    ):
        assert (answer.status, answer.out.count("role 'readers'"), answer.out.count("warnings")) == (0, 1, 1), answer
        assert "readers" not in answer.err
    for found in (cli.sync("--json", config=config), cli.prove("--json", config=config)):
        assert [len(entry["warnings"]) for entry in found.json["databases"]] == [1, 0, 0, 0]
