"""What an extension installed is left as it is. Nothing else hides behind being a member of an extension: what belongs to
the spec's roles or the master is held to the spec, and a right that somebody gave on an extension's object is said."""

from typing import Any

import pytest

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, fingerprint, make_tables, run, spec, with_user


def quiet(**changes: Any) -> AccessSpec:
    """The sample, with every database of the cluster declared, so that nothing else is said."""
    sample = spec().as_properties()
    databases = [*sample["databases"], *({"name": name, "public": "open"} for name in ("postgres", "template1"))]
    return spec(**{"databases": databases, **changes})


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, quiet())
    make_tables(database)
    run(database, "rdsadmin", "CREATE EXTENSION cube SCHEMA foo")
    converge(database, quiet())
    return database


def said(database: Database, wanted: AccessSpec | None = None) -> list[str]:
    """What a run, a dry run and a proof say alike; none of them takes it for a difference."""
    wanted = wanted or quiet()
    summary = converge(database, wanted)
    assert summary.changes == 0
    evidence = reconcile.prove(connect_as_master(database), wanted, "app")
    assert evidence.holds
    preview = reconcile.preview(connect_as_master(database), wanted, "app")
    assert summary.warnings == evidence.warnings == preview.warnings
    return list(summary.warnings)


OURS = [
    ("TABLE foo.event", "GRANT SELECT ON foo.event TO lambda_writer", "SELECT FROM foo.event"),
    ("TABLE foo.event", "GRANT SELECT (name) ON foo.event TO lambda_writer", "SELECT name FROM foo.event"),
    ("TABLE foo.event", "GRANT SELECT ON foo.event TO PUBLIC", "SELECT FROM foo.event"),
    ("SEQUENCE foo.loose", "GRANT SELECT ON SEQUENCE foo.loose TO lambda_writer", "SELECT FROM foo.loose"),
    ("VIEW foo.seen", "GRANT SELECT ON foo.seen TO lambda_writer", "SELECT FROM foo.seen"),
    ("FUNCTION foo.answer()", "GRANT EXECUTE ON FUNCTION foo.answer() TO lambda_writer", "SELECT foo.answer()"),
    ("FUNCTION foo.answer()", "GRANT EXECUTE ON FUNCTION foo.answer() TO PUBLIC", "SELECT foo.answer()"),
    ("TABLE foo.masters", "GRANT SELECT ON foo.masters TO lambda_writer", "SELECT FROM foo.masters"),
    ("TABLE elsewhere.t", "GRANT SELECT ON elsewhere.t TO lambda_writer", "SELECT FROM elsewhere.t"),
]


@pytest.mark.parametrize("added_first", [False, True], ids=["recorded_as_initial", "given_later"])
@pytest.mark.parametrize(("member", "grant", "use"), OURS)
def test_a_right_on_what_is_ours_is_taken_back_though_an_extension_has_it(
    ready: Database, member: str, grant: str, use: str, *, added_first: bool
) -> None:
    run(ready, "migrator", "CREATE SEQUENCE foo.loose", "CREATE VIEW foo.seen AS SELECT 1 AS one")
    run(
        ready,
        "rdsadmin",
        "CREATE TABLE foo.masters ()",
        "ALTER TABLE foo.masters OWNER TO master",
        "CREATE SCHEMA elsewhere AUTHORIZATION master",
        "GRANT USAGE ON SCHEMA elsewhere TO PUBLIC",
        "CREATE TABLE elsewhere.t ()",
        "ALTER TABLE elsewhere.t OWNER TO master",
    )
    converge(ready, quiet())
    steps = [grant, f"ALTER EXTENSION cube ADD {member}"]
    run(ready, "rdsadmin", *(reversed(steps) if added_first else steps))
    assert allowed(ready, "lambda_writer", use)
    evidence = reconcile.prove(connect_as_master(ready), quiet(), "app")
    assert evidence.plan
    assert evidence.violations or "elsewhere" in member  # the proof is about the declared schemas
    assert converge(ready, quiet()).changes > 0
    assert not allowed(ready, "lambda_writer", use)
    assert converge(ready, quiet()).changes == 0


def test_a_right_that_the_spec_gives_on_what_is_ours_comes_back_though_an_extension_has_it(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER EXTENSION cube ADD TABLE foo.event")
    run(ready, "migrator", "REVOKE INSERT ON foo.event FROM lambda_writer")
    assert converge(ready, quiet()).changes == 1
    assert allowed(ready, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")


def test_what_an_extension_installed_with_its_own_grants_is_left_alone_and_not_said(ready: Database) -> None:
    """pg_stat_statements gives PUBLIC its views, and takes a function away; a range type brings constructors."""
    run(
        ready,
        "rdsadmin",
        "CREATE EXTENSION pg_stat_statements SCHEMA bar",
        "CREATE EXTENSION pgcrypto SCHEMA foo",
    )
    run(ready, "migrator", "CREATE TYPE foo.span AS RANGE (subtype = float8)")
    converge(ready, quiet())
    with ready.superuser() as connection:
        before = fingerprint(connection)
        assert said(ready) == []
        assert fingerprint(connection) == before


def test_a_trusted_extension_that_a_user_of_ours_made_is_left_alone(ready: Database) -> None:
    """Its members belong to the cluster's first superuser."""
    run(ready, "rdsadmin", "GRANT CREATE ON DATABASE app TO app_owner")
    run(ready, "migrator", "CREATE EXTENSION hstore SCHEMA foo")
    converge(ready, quiet())
    assert said(ready) == []


OTHERS = [
    ("EXECUTE ON FUNCTION foo.cube_in(cstring)", "function foo.cube_in(cstring)"),
    ("SELECT ON bar.pg_stat_statements_info", "view bar.pg_stat_statements_info"),
    ("SELECT (dealloc) ON bar.pg_stat_statements_info", "view bar.pg_stat_statements_info"),
    ("USAGE ON TYPE foo.cube", "type foo.cube"),
    ("SELECT ON foo.theirs", "table foo.theirs"),
]


@pytest.mark.parametrize(("right", "shown"), OTHERS)
def test_a_right_of_ours_on_an_extensions_object_is_said_with_whose_it_is_and_stops_no_run(
    ready: Database, right: str, shown: str
) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE EXTENSION pg_stat_statements SCHEMA bar",
        "CREATE TABLE foo.theirs ()",
        f"GRANT {right} TO lambda_writer" if "theirs" in right else "SELECT 1",
        "ALTER EXTENSION cube ADD TABLE foo.theirs",
        f"GRANT {right} TO lambda_writer",
    )
    assert said(ready) == [
        f"role 'lambda_writer' has rights on {shown}, which an extension has and 'rdsadmin' owns, so no run takes them "
        "away; REVOKE what is not meant as 'rdsadmin'"
    ]
    run(ready, "rdsadmin", f"REVOKE {right} FROM lambda_writer")
    assert said(ready) == []


@pytest.mark.parametrize(
    ("right", "shown"),
    [
        ("EXECUTE ON FUNCTION bar.pg_stat_statements_reset", "function bar.pg_stat_statements_reset("),
        ("INSERT ON bar.pg_stat_statements_info", "view bar.pg_stat_statements_info"),
        ("INSERT (dealloc) ON bar.pg_stat_statements_info", "view bar.pg_stat_statements_info"),
    ],
)
def test_what_public_has_beyond_what_the_extension_gave_it_is_said(ready: Database, right: str, shown: str) -> None:
    run(ready, "rdsadmin", "CREATE EXTENSION pg_stat_statements SCHEMA bar", f"GRANT {right} TO PUBLIC")
    (sentence,) = said(ready)
    assert sentence.startswith(f"PUBLIC has rights on {shown}")
    assert sentence.endswith("so no run takes them away; REVOKE what is not meant as 'rdsadmin'")
    open_ = quiet().as_properties()["databases"]
    open_[0]["public"] = "open"
    converge(ready, quiet(databases=open_))
    assert said(ready, quiet(databases=open_)) == []


def test_many_are_counted_and_not_listed(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA foo TO lambda_writer")
    run(ready, "rdsadmin", "REVOKE EXECUTE ON FUNCTION foo.answer() FROM lambda_writer")
    (sentence,) = said(ready)
    assert "and " in sentence.partition("so no run")[0]
    assert len(sentence) < 400


@pytest.mark.parametrize(("owner", "stays"), [("app_owner", False), ("rdsadmin", True)])
def test_a_retired_role_stays_only_for_rights_that_no_run_takes(ready: Database, owner: str, *, stays: bool) -> None:
    converge(ready, with_user(username="leaver", databases=["app"]))
    run(
        ready,
        "rdsadmin",
        "CREATE TABLE foo.kept ()",
        f"ALTER TABLE foo.kept OWNER TO {owner}",
        "ALTER EXTENSION cube ADD TABLE foo.kept",
        "GRANT SELECT ON foo.kept TO leaver",
    )
    warnings = converge(ready, quiet(retired=[{"username": "leaver", "drop": True}])).warnings
    assert any("it has rights on table foo.kept" in sentence for sentence in warnings) == stays
    assert run(ready, "rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'") == [(int(stays),)]
