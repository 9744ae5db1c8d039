"""What runs with its owner's rights for a user that doesn't have them is said, with what it reaches and whose rights
those are. It is no violation, and what everybody may do anyway is not said."""

from typing import Any

import pytest

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, make_tables, run, spec

READS_FOO = {"database": "app", "schemas": ["foo"], "access": "read_only"}


def wanted(**changes: Any) -> AccessSpec:
    """The sample, a user that reads schema foo and may call its functions, and every database declared."""
    sample = spec().as_properties()
    databases = [*sample["databases"], *({"name": name, "public": "open"} for name in ("postgres", "template1"))]
    users = [
        *sample["users"],
        {
            "username": "reader",
            "grants": [READS_FOO, {"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"]}],
        },
    ]
    return spec(**{"databases": databases, "users": users, **changes})


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, wanted())
    make_tables(database)
    run(database, "migrator", "CREATE TABLE bar.secret (id int, token text)", "INSERT INTO bar.secret VALUES (1, 'x')")
    converge(database, wanted())
    assert said(database) == []
    return database


def said(database: Database, asked: AccessSpec | None = None) -> list[str]:
    """What a run, a dry run and a proof say alike, once there is nothing left to do."""
    asked = asked or wanted()
    converge(database, asked)
    summary = converge(database, asked)
    assert summary.changes == 0
    evidence = reconcile.prove(connect_as_master(database), asked, "app")
    assert evidence.holds
    preview = reconcile.preview(connect_as_master(database), asked, "app")
    assert summary.warnings == evidence.warnings == preview.warnings
    return list(summary.warnings)


def test_what_a_view_shows_of_a_table_that_its_reader_may_not_read_is_said(ready: Database) -> None:
    run(ready, "migrator", "CREATE VIEW foo.v AS SELECT token FROM bar.secret WHERE id > 0")
    assert (
        said(ready)
        == [
            "view foo.v lets 'reader' SELECT bar.secret (id, token) with the rights of 'app_owner', which the spec doesn't "
            "give",
            *_writes("view foo.v", "bar.secret", "UPDATE"),
        ][:1]
    )
    assert allowed(ready, "reader", "SELECT token FROM foo.v")
    assert not allowed(ready, "reader", "SELECT token FROM bar.secret")


def _writes(view: str, on: str, privileges: str, user: str = "lambda_writer") -> list[str]:
    return [
        f"{view}, if it is updatable, lets {user!r} {privileges} on {on} with the rights of 'app_owner', which the spec "
        "doesn't give"
    ]


def test_a_view_of_what_its_reader_may_read_and_one_that_asks_the_reader_hand_nothing_out(ready: Database) -> None:
    run(
        ready,
        "migrator",
        "CREATE VIEW foo.own AS SELECT * FROM foo.event",
        "CREATE VIEW foo.asks WITH (security_invoker = on) AS SELECT * FROM bar.secret",
        "CREATE VIEW foo.through AS SELECT * FROM foo.asks",
        "CREATE VIEW foo.catalogs AS SELECT relname FROM pg_catalog.pg_class",
        "CREATE VIEW foo.nothing AS SELECT 1 AS one",
    )
    assert said(ready) == []
    assert not allowed(ready, "reader", "SELECT FROM foo.asks")
    assert not allowed(ready, "reader", "SELECT FROM foo.through")


SECRET_VIEWS = [
    (["CREATE MATERIALIZED VIEW foo.m AS SELECT token FROM bar.secret"], "materialized view foo.m", "(token)"),
    (["CREATE VIEW bar.narrow AS SELECT * FROM bar.secret", "CREATE VIEW foo.wide AS SELECT id FROM bar.narrow"], "view foo.wide", "(id, token)"),
    (["CREATE VIEW foo.counted AS SELECT count(*) FROM bar.secret"], "view foo.counted", ""),
    (["CREATE VIEW foo.sub AS SELECT (SELECT max(token) FROM bar.secret)"], "view foo.sub", "(token)"),
    (["CREATE MATERIALIZED VIEW bar.m AS SELECT token FROM bar.secret", "CREATE VIEW foo.over AS SELECT * FROM bar.m"], "view foo.over", "(token)"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "view", "columns"), SECRET_VIEWS)
def test_however_a_view_comes_to_the_table_it_is_said(
    ready: Database, made: list[str], view: str, columns: str
) -> None:
    run(ready, "migrator", *made)
    on = f"bar.secret {columns}".strip()
    (sentence,) = [found for found in said(ready) if "'reader'" in found]
    assert sentence == f"{view} lets 'reader' SELECT {on} with the rights of 'app_owner', which the spec doesn't give"
    assert allowed(ready, "reader", f"SELECT FROM {view.split()[-1]}")


def test_a_superusers_view_of_the_passwords_comes_first(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE SCHEMA theirs",
        "CREATE VIEW theirs.shadow AS SELECT usename, passwd FROM pg_shadow",
        "GRANT USAGE ON SCHEMA theirs TO PUBLIC",
        "GRANT SELECT ON theirs.shadow TO PUBLIC",
    )
    run(ready, "migrator", "CREATE VIEW foo.v AS SELECT token FROM bar.secret")
    first, *_ = [sentence for sentence in said(ready) if "rights of" in sentence]
    assert first == (
        "view theirs.shadow lets 'lambda_writer', 'migrator', 'reader' SELECT pg_shadow (usename, passwd) with the "
        "rights of 'rdsadmin', which the spec doesn't give"
    )


def test_a_view_whose_owner_may_not_read_the_table_hands_nothing_out(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE TABLE bar.locked (a int)",
        "ALTER TABLE bar.locked OWNER TO master",
        "CREATE VIEW foo.v AS SELECT a FROM bar.locked",
        "ALTER VIEW foo.v OWNER TO app_owner",
        "REVOKE ALL ON bar.locked FROM app_owner",
    )
    assert said(ready) == []
    assert not allowed(ready, "reader", "SELECT FROM foo.v")


def test_who_may_only_read_some_columns_of_a_view_is_said_to_read_a_part(ready: Database) -> None:
    keyed = {"database": "app", "schemas": ["foo"], "tables": ["INSERT"], "key_columns": ["token"]}
    users = [*spec().as_properties()["users"], {"username": "keyed", "grants": [keyed]}]
    run(ready, "migrator", "CREATE VIEW foo.v AS SELECT id, token FROM bar.secret ORDER BY id")
    sentences = said(ready, wanted(users=users))
    assert (
        "view foo.v lets 'keyed' SELECT a part of bar.secret (id, token) with the rights of 'app_owner', which the spec "
        "doesn't give"
    ) in sentences


def test_what_may_be_written_through_a_view_is_said_with_a_doubt(ready: Database) -> None:
    users = [
        *spec().as_properties()["users"],
        {"username": "w", "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only"}]},
    ]
    run(ready, "migrator", "CREATE VIEW foo.v AS SELECT id, token FROM bar.secret")
    assert said(ready, wanted(users=users)) == _writes("view foo.v", "bar.secret", "DELETE, INSERT, UPDATE", "w")
    assert allowed(ready, "w", "INSERT INTO foo.v VALUES (2, 'y')")
    assert not allowed(ready, "w", "INSERT INTO bar.secret VALUES (2, 'y')")


def test_a_rule_on_a_table_that_may_be_written_to_is_said(ready: Database) -> None:
    users = [
        *spec().as_properties()["users"],
        {"username": "w", "grants": [{"database": "app", "schemas": ["foo"], "access": "append_only"}]},
    ]
    run(ready, "migrator", "CREATE RULE copied AS ON INSERT TO foo.event DO ALSO INSERT INTO ops.migration VALUES (1)")
    assert said(ready, wanted(users=users)) == [
        "rule copied on foo.event reaches ops.migration with the rights of 'app_owner' for 'lambda_writer', 'w', by INSERT"
    ]
    run(ready, "migrator", "ALTER TABLE foo.event DISABLE RULE copied")
    assert said(ready, wanted(users=users)) == []


def definer(name: str, result: str = "int", body: str = "SELECT 1") -> str:
    language = "plpgsql" if result == "trigger" else "sql"
    return f"CREATE FUNCTION {name} RETURNS {result} LANGUAGE {language} SECURITY DEFINER AS '{body}'"


def test_routines_that_run_with_their_owners_rights_are_said_in_one_sentence(ready: Database) -> None:
    run(ready, "migrator", definer("foo.f(text)"), "CREATE PROCEDURE foo.p() LANGUAGE sql SECURITY DEFINER AS ''")
    assert said(ready) == ["functions foo.f(text), foo.p() run with the rights of 'app_owner' for 'reader'"]
    run(ready, "migrator", "ALTER FUNCTION foo.f(text) SECURITY INVOKER")
    assert said(ready) == ["function foo.p() runs with the rights of 'app_owner' for 'reader'"]


def test_the_masters_and_superusers_routines_come_first(ready: Database) -> None:
    run(ready, "migrator", definer("foo.aaa()"))
    run(
        ready,
        "rdsadmin",
        definer("foo.b()"),
        "ALTER FUNCTION foo.b() OWNER TO master",
        "CREATE SCHEMA theirs",
        definer("theirs.c()"),
        "GRANT USAGE ON SCHEMA theirs TO PUBLIC",
    )
    found = [sentence for sentence in said(ready) if sentence.startswith("function")]
    assert found == [
        "function foo.b() runs with the rights of 'master' for 'reader'",
        "function theirs.c() runs with the rights of 'rdsadmin' for 'lambda_writer', 'migrator', 'reader'",
        "function foo.aaa() runs with the rights of 'app_owner' for 'reader'",
    ]


def test_a_routine_in_a_closed_schema_is_said_for_what_is_bound_to_it_runs(ready: Database) -> None:
    """USAGE is asked for where a name is looked up: a default, a check or a cast has looked it up already."""
    run(ready, "rdsadmin", "CREATE SCHEMA closed", definer("closed.f()"))
    assert said(ready) == [
        "function closed.f() runs with the rights of 'rdsadmin' for 'lambda_writer', 'migrator', 'reader'"
    ]


def test_what_nobody_of_the_spec_can_reach_is_not_said(ready: Database) -> None:
    """No USAGE on a view's schema, no EXECUTE, or the rights of the owner anyway."""
    run(ready, "rdsadmin", "CREATE SCHEMA closed")
    run(ready, "migrator", definer("bar.f()"), definer("ops.f()"))
    run(ready, "rdsadmin", "CREATE VIEW closed.v AS SELECT * FROM bar.secret", "GRANT SELECT ON closed.v TO PUBLIC")
    assert said(ready) == []


def test_a_user_that_acts_as_the_owner_is_told_of_what_the_owner_is_handed(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE SCHEMA theirs",
        "GRANT USAGE ON SCHEMA theirs TO app_owner",
        definer("theirs.f()"),
        "REVOKE EXECUTE ON FUNCTION theirs.f() FROM PUBLIC",
    )
    run(ready, "migrator", definer("foo.own()"))
    found = reconcile.prove(connect_as_master(ready), wanted(), "app").warnings
    assert not [sentence for sentence in found if "'migrator'" in sentence]
    run(ready, "rdsadmin", "GRANT EXECUTE ON FUNCTION theirs.f() TO app_owner")
    found = reconcile.prove(connect_as_master(ready), wanted(), "app").warnings
    assert "function theirs.f() runs with the rights of 'rdsadmin' for 'migrator'" in found


def test_a_triggers_function_is_said_where_its_table_may_be_written_to(ready: Database) -> None:
    run(
        ready,
        "migrator",
        definer("ops.audit()", "trigger", "BEGIN RETURN NEW; END"),
        "CREATE TRIGGER audited BEFORE INSERT ON foo.event FOR EACH ROW EXECUTE FUNCTION ops.audit()",
        "CREATE TRIGGER audited BEFORE TRUNCATE ON bar.audit EXECUTE FUNCTION ops.audit()",
    )
    assert said(ready) == [
        "function ops.audit() runs with the rights of 'app_owner' as a trigger on table foo.event, to which "
        "'lambda_writer' may write"
    ]
    run(ready, "migrator", "ALTER TABLE foo.event DISABLE TRIGGER audited")
    assert said(ready) == []


def test_members_are_handed_what_their_groups_are(ready: Database) -> None:
    grants = [READS_FOO]
    users = [{"username": f"user{n}", "groups": ["readers"]} for n in range(6)]
    run(ready, "migrator", "CREATE VIEW foo.v AS SELECT token FROM bar.secret ORDER BY 1")
    sentences = said(
        ready,
        wanted(groups=[{"name": "readers", "grants": grants}], users=[*spec().as_properties()["users"], *users]),
    )
    assert (
        "view foo.v lets 'user0', 'user1', 'user2' and 3 more SELECT bar.secret (token) with the rights of 'app_owner', "
        "which the spec doesn't give"
    ) in sentences


def test_an_extensions_own_are_left_out_until_somebody_changes_their_rights(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE EXTENSION cube SCHEMA foo",
        "CREATE SCHEMA theirs",
        "GRANT USAGE ON SCHEMA theirs TO PUBLIC",
        definer("theirs.f()"),
        "CREATE VIEW theirs.v AS SELECT token FROM bar.secret",
        "GRANT SELECT ON theirs.v TO PUBLIC",
        "ALTER EXTENSION cube ADD FUNCTION theirs.f()",
        "ALTER EXTENSION cube ADD VIEW theirs.v",
    )
    about = [sentence for sentence in said(ready) if "rights of 'rdsadmin'" in sentence]
    assert about == []
    run(
        ready, "rdsadmin", "GRANT EXECUTE ON FUNCTION theirs.f() TO lambda_writer", "GRANT INSERT ON theirs.v TO PUBLIC"
    )
    about = [sentence.partition(" ")[0] for sentence in said(ready) if "rights of 'rdsadmin'" in sentence]
    assert about == ["function", "view", "view"]


def test_a_database_that_is_still_to_be_made_hands_nothing_out(ready: Database) -> None:
    """A dry run looks at its cluster from another one then."""
    run(ready, "master", "CREATE SCHEMA open", definer("open.f()"), "GRANT USAGE ON SCHEMA open TO PUBLIC")
    run(ready, "rdsadmin", "GRANT EXECUTE ON FUNCTION open.f() TO PUBLIC")
    assert [sentence for sentence in said(ready) if "open.f()" in sentence]
    asked = wanted(databases=[*wanted().as_properties()["databases"], {"name": "second"}])
    missing = connect_as_master(Database(ready.server, name="second"))
    preview = reconcile.preview(missing, asked, "second", elsewhere=connect_as_master(ready))
    assert not [sentence for sentence in preview.warnings if "open.f()" in sentence]


def test_of_many_the_first_are_said_and_the_rest_counted(ready: Database) -> None:
    run(ready, "migrator", *(f"CREATE VIEW foo.v{n:03} AS SELECT max(token) FROM bar.secret" for n in range(120)))
    sentences = said(ready)
    assert len(sentences) == 51
    assert sentences[0].startswith("view foo.v000 lets 'reader'") or sentences[0].startswith("view foo.v000, if")
    assert sentences[-1].endswith("more views, rules and routines hand out rights of their owners to users of the spec")
