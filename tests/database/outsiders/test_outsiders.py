"""Roles that the spec doesn't manage and that have rights on what it declares: drift that is told with what takes it
away, until they are acknowledged by name. No run fails for them, and none takes anything from them."""

import re
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Evidence
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.engine import allowed, connect_as_master, converge, fingerprint, make_tables, run, spec
from tests.database.watched import looked

READ, INSERT = "SELECT FROM foo.event", "INSERT INTO foo.event (name) VALUES ('x')"


@pytest.fixture
def ready(database: Database) -> Database:
    """As the sample says, with tables, and a login of somebody else's that can't do anything."""
    converge(database)
    make_tables(database)
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE backdoor LOGIN")
    assert told(database) == ()
    return database


def proven(database: Database, asked: AccessSpec | None = None) -> Evidence:
    return reconcile.prove(connect_as_master(database), asked or spec(), "app")


def told(database: Database, asked: AccessSpec | None = None) -> tuple[str, ...]:
    """What a proof and the watch tell as drift, and a run and a dry run as warnings, leaving all as it is."""
    evidence = proven(database, asked)
    assert evidence.holds is not bool(evidence.outsiders)
    seen = looked(connect_as_master(database), asked or spec(), "app", MASTER)
    assert seen.violations[len(evidence.violations) :] == evidence.outsiders
    assert bool(seen.drift) is bool(evidence.outsiders)
    with database.superuser() as connection:
        before = fingerprint(connection)
        summary = converge(database, asked or spec())
        assert fingerprint(connection) == before
    preview = reconcile.preview(connect_as_master(database), asked or spec(), "app")
    assert summary.changes == 0
    assert summary.warnings[: len(evidence.outsiders)] == evidence.outsiders
    assert preview.warnings == summary.warnings
    return evidence.outsiders


def acknowledging(*names: str, **changes: Any) -> AccessSpec:
    return spec(acknowledged=[{"username": name, "reason": "on call"} for name in names], **changes)


KINDS = [
    ("GRANT ALL ON foo.event TO backdoor", "on table foo.event"),
    ("GRANT SELECT ON foo.event TO backdoor WITH GRANT OPTION", "SELECT on table foo.event"),
    ("GRANT SELECT (name) ON foo.event TO backdoor", "SELECT on column name of table foo.event"),
    ("GRANT SELECT (ctid) ON foo.event TO backdoor", "SELECT on column ctid of table foo.event"),
    ("GRANT USAGE ON SEQUENCE foo.event_id_seq TO backdoor", "USAGE on sequence foo.event_id_seq"),
    ("GRANT EXECUTE ON FUNCTION foo.answer() TO backdoor", "EXECUTE on function foo.answer()"),
    ("GRANT USAGE, CREATE ON SCHEMA foo TO backdoor", "CREATE, USAGE on schema foo"),
    ("GRANT CONNECT, CREATE ON DATABASE app TO backdoor", "CONNECT, CREATE on database app"),
    ("GRANT SELECT ON ALL TABLES IN SCHEMA foo TO backdoor", "SELECT on table foo.event"),
    ("GRANT SELECT ON foo.event TO pg_monitor", "SELECT on table foo.event"),
    ("GRANT SELECT ON foo.event TO rds_superuser", "SELECT on table foo.event"),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO backdoor",
        "SELECT on future tables of 'app_owner' in schema foo",
    ),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE master GRANT EXECUTE ON ROUTINES TO backdoor",
        "EXECUTE on future functions of 'master'",
    ),
    ("ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT USAGE ON SCHEMAS TO backdoor", "USAGE on future schemas"),
    ("GRANT app_owner TO backdoor", "the rights of 'app_owner' as a member"),
    ("GRANT master TO backdoor", "the rights of 'master' as a member"),
    ("GRANT rdsadmin TO backdoor", "the rights of 'rdsadmin' as a member"),
    ("GRANT pg_read_all_data TO backdoor", "the rights of 'pg_read_all_data' as a member"),
    ("GRANT pg_write_all_data TO backdoor", "the rights of 'pg_write_all_data' as a member"),
    ("GRANT pg_read_server_files TO backdoor", "the rights of 'pg_read_server_files' as a member"),
    ("GRANT rds_superuser TO backdoor", "the rights of 'rds_superuser' as a member"),
    ("ALTER ROLE backdoor CREATEROLE", "CREATEROLE"),
    ("ALTER ROLE backdoor REPLICATION", "REPLICATION"),
    ("ALTER ROLE backdoor BYPASSRLS", "BYPASSRLS"),
    ("CREATE TYPE foo.mood AS ENUM ('fine'); ALTER TYPE foo.mood OWNER TO backdoor", "ownership of type foo.mood"),
]


@pytest.mark.parametrize(("by_hand", "what"), KINDS)
def test_an_outsider_with_a_right_of_any_kind_is_drift_and_its_advice_takes_the_right_away(
    ready: Database, by_hand: str, what: str
) -> None:
    run(ready, "rdsadmin", *by_hand.split("; "))
    (sentence,) = told(ready)
    assert what in sentence.partition("; no run takes that away; ")[0]
    advice = re.search(r"allowed: (.*?)(?:, or its name and the reason under `acknowledged` in the spec)?$", sentence)
    assert advice is not None and ("`acknowledged`" in sentence) == ("'rds_superuser', which" not in sentence)
    follow(ready, advice[1])
    assert told(ready) == ()


PASSED_ON = [
    "GRANT USAGE ON SCHEMA foo TO backdoor, other; GRANT SELECT ON foo.event TO backdoor WITH GRANT OPTION; "
    "SET ROLE backdoor; GRANT SELECT ON foo.event TO other",
    "GRANT app_owner TO backdoor WITH ADMIN OPTION; SET ROLE backdoor; GRANT app_owner TO other",
]


@pytest.mark.parametrize("by_hand", PASSED_ON)
def test_what_an_outsider_has_passed_on_keeps_no_advice_from_working(ready: Database, by_hand: str) -> None:
    run(ready, "rdsadmin", "CREATE ROLE other")
    run(ready, "rdsadmin", by_hand)
    for _ in range(3):
        sentences = told(ready)
        if not sentences:
            break
        advice = re.search(r"allowed: (.*), or its name and the reason under `acknowledged`", sentences[0])
        assert advice is not None
        follow(ready, advice[1])
    assert told(ready) == ()


def follow(database: Database, advice: str) -> None:
    """Run what is said, as whom it is said."""
    for part in re.split(r"; (?=as )", advice):
        match = re.fullmatch(r"as (?:a superuser|'([^']*)') run (.*)", part, re.DOTALL)
        assert match is not None, part
        run(database, "rdsadmin", *([f'SET ROLE "{match[1]}"; {match[2]}'] if match[1] else match[2].split("; ")))


def test_the_rights_that_are_told_are_real_and_go_with_the_advice(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "GRANT CONNECT ON DATABASE app TO backdoor",
        "GRANT USAGE ON SCHEMA foo TO backdoor",
        "GRANT SELECT, INSERT ON foo.event TO backdoor",
    )
    assert allowed(ready, "backdoor", READ)
    (sentence,) = told(ready)
    assert sentence == (
        "role 'backdoor', which nobody manages, has CONNECT on database app and USAGE on schema foo and "
        "INSERT, SELECT on table foo.event; no run takes that away; "
        'allowed: as \'master\' run REVOKE CONNECT ON DATABASE "app" FROM "backdoor"; '
        'as \'app_owner\' run REVOKE USAGE ON SCHEMA "foo" FROM "backdoor"; '
        'REVOKE INSERT, SELECT ON TABLE "foo"."event" FROM "backdoor", or its name and the reason under '
        "`acknowledged` in the spec"
    )


def test_a_right_to_everything_is_told_though_no_object_says_so(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT pg_read_all_data TO backdoor", "GRANT CONNECT ON DATABASE app TO backdoor")
    assert allowed(ready, "backdoor", READ) and not allowed(ready, "backdoor", INSERT)
    assert "'pg_read_all_data'" in told(ready)[0]


@pytest.mark.parametrize("power", ["app_owner", "lambda_writer", "pg_read_all_data", "rds_superuser"])
def test_who_comes_to_it_through_groups_is_named_with_the_group(database: Database, power: str) -> None:
    iam = {**spec().as_properties()["users"][1], "auth_method": "none"}
    asked = spec(users=[spec().as_properties()["users"][0], iam])
    converge(database, asked)
    run(database, "rdsadmin", "CREATE ROLE team", "CREATE ROLE night", "CREATE ROLE alice LOGIN", "CREATE ROLE bob")
    run(database, "rdsadmin", f"GRANT {power} TO team", "GRANT team TO night, bob", "GRANT night TO alice")
    (sentence,) = told(database, asked)
    assert sentence.startswith(
        f"role 'team', which nobody manages, has the rights of {power!r} as a member, and through it so have 'alice', "
        "'bob', 'night'; "
    )


def test_a_membership_without_inheritance_is_one_all_the_same(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER ROLE backdoor NOINHERIT", "GRANT app_owner TO backdoor")
    assert len(told(ready)) == 1


def test_an_acknowledged_role_is_a_note_and_no_drift(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT SELECT ON foo.event TO backdoor", "GRANT pg_read_all_data TO backdoor")
    asked = acknowledging("backdoor")
    assert told(ready, asked) == ()
    note = (
        "role 'backdoor' is acknowledged (on call): it has the rights of 'pg_read_all_data' as a member and SELECT on "
        "table foo.event"
    )
    assert note in proven(ready, asked).warnings and note in converge(ready, asked).warnings


def test_who_is_a_member_of_an_acknowledged_role_is_not_acknowledged_with_it(ready: Database) -> None:
    run(ready, "rdsadmin", "CREATE ROLE team", "GRANT SELECT ON foo.event TO team", "GRANT team TO backdoor")
    (sentence,) = told(ready, acknowledging("team"))
    assert sentence.startswith("role 'backdoor', which nobody manages, has the rights of 'team' as a member; ")
    assert told(ready, acknowledging("team", "backdoor")) == ()


def test_whose_an_outsider_is_is_said(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT SELECT ON foo.event TO backdoor")
    run(ready, "rdsadmin", "COMMENT ON ROLE backdoor IS 'x [managed by another]'")
    assert told(ready)[0].startswith("role 'backdoor', which 'another' manages, has SELECT")


@pytest.mark.parametrize(
    "by_hand",
    [
        "GRANT CONNECT ON DATABASE app TO rdsproxyadmin",  # as AWS says
        "GRANT SELECT ON bystander.thing TO backdoor",
        "GRANT pg_monitor TO backdoor",
        "GRANT SELECT ON foo.event TO superb",
        "GRANT backdoor TO master",
        "GRANT SELECT ON ALL TABLES IN SCHEMA foo TO app_owner, master",
        "ALTER DEFAULT PRIVILEGES FOR ROLE superb GRANT SELECT ON TABLES TO backdoor",
    ],
)
def test_what_is_rds_own_or_about_something_else_is_no_outsider(ready: Database, by_hand: str) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE ROLE rdsproxyadmin LOGIN",
        "CREATE ROLE superb SUPERUSER",
        "CREATE SCHEMA bystander",
        "CREATE TABLE bystander.thing ()",
        by_hand,
    )
    found = proven(ready)
    assert found.outsiders == ()


def test_a_right_that_somebody_else_granted_names_who_can_take_it_back(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE ROLE keeper",
        "GRANT USAGE ON SCHEMA foo TO keeper",
        "GRANT SELECT ON foo.event TO keeper WITH GRANT OPTION",
        "SET ROLE keeper",
    )
    with ready.superuser() as connection:
        connection.execute("SET ROLE keeper")
        connection.execute("GRANT SELECT ON foo.event TO backdoor")
    by_name = {sentence.split("'")[1]: sentence for sentence in told(ready)}
    assert "table foo.event (granted by 'keeper', who alone can take it back)" in by_name["backdoor"]


def test_ten_thousand_objects_are_one_sentence(ready: Database) -> None:
    with ready.superuser() as connection:
        connection.execute("SET ROLE app_owner")
        connection.execute(
            "DO $$ BEGIN FOR n IN 1..300 LOOP EXECUTE format('CREATE TABLE foo.t%s ()', n); END LOOP; END $$"
        )
        connection.execute("RESET ROLE")
    converge(ready)
    run(ready, "rdsadmin", "GRANT SELECT ON ALL TABLES IN SCHEMA foo TO backdoor")
    (sentence,) = told(ready)
    assert "SELECT on tables foo.event, foo.t1, foo.t10 and 298 more" in sentence and len(sentence) < 400
    assert 'REVOKE SELECT ON ALL TABLES IN SCHEMA "foo" FROM "backdoor"' in sentence


def test_of_many_outsiders_the_first_are_named_and_the_rest_counted(ready: Database) -> None:
    """In a time that doesn't grow with all that each brings along: here everybody comes in through everybody before."""
    run(
        ready,
        "rdsadmin",
        *(f"CREATE ROLE r{n:04} {f'IN ROLE app_owner, r{n - 1:04}' if n else 'IN ROLE app_owner'}" for n in range(300)),
    )
    found = told(ready)
    assert len(found) == 51
    assert "and through it so have 'r0001', 'r0002', 'r0003' and 296 more; " in found[0]
    assert found[50] == "250 more roles that the spec doesn't manage have rights here"


@pytest.mark.parametrize("name", ['od"d', "a'b", "user", "Ünïcode", "two\nlines", "a=b/c"])
def test_a_name_that_is_sql_stays_a_name(ready: Database, name: str) -> None:
    with ready.superuser() as connection:
        connection.execute(SQL("CREATE ROLE {}").format(psycopg.sql.Identifier(name)))
        connection.execute(SQL("GRANT SELECT ON foo.event TO {}").format(psycopg.sql.Identifier(name)))
    (sentence,) = told(ready)
    assert "\n" not in sentence
    if name.isprintable():  # or no spec can name it
        assert told(ready, acknowledging(name)) == ()
    revoke = re.search(
        r'run (REVOKE SELECT ON TABLE "foo"."event" FROM .*?)(, or its name and the reason.*)?$', sentence
    )
    assert revoke and bool(revoke[2]) == name.isprintable()
    run(ready, "rdsadmin", revoke[1])
    assert told(ready) == ()


def test_a_procedures_statement_names_it_and_no_other(ready: Database) -> None:
    run(
        ready,
        "migrator",
        "CREATE PROCEDURE foo.f(int, OUT text) LANGUAGE sql AS 'SELECT 1::text'",
        "CREATE FUNCTION foo.f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT EXECUTE ON FUNCTION foo.f(int, text) TO backdoor",
    )
    (sentence,) = told(ready)
    revoke = re.search(r"run (REVOKE EXECUTE .*), or its name and the reason", sentence)
    assert revoke
    run(ready, "rdsadmin", revoke[1])
    assert told(ready) == ()


def test_an_additive_spec_tells_only_who_is_a_member_of_its_roles(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT SELECT ON foo.event TO backdoor")
    run(ready, "rdsadmin", "CREATE ROLE team", "GRANT app_owner TO team")
    (sentence,) = told(ready, spec(additive=True))
    assert sentence.startswith("role 'team'")
