"""Who is the grantor of a run's statements: the objects' owner, whatever grant options others have and whatever the owner
has lost."""

import pytest

from db_access.postgresql import reconcile
from tests.conftest import Database
from tests.database.engine import (
    SAMPLE,
    allowed,
    connect_as_master,
    converge,
    make_tables,
    remove,
    run,
    spec,
    with_user,
)

KINDS = {
    "a table": ("INSERT", "TABLE foo.event", "INSERT"),
    "a column": ("SELECT (name)", "TABLE foo.event", "SELECT (name)"),
    "a column, by an option on its table": ("SELECT (name)", "TABLE foo.event", "SELECT"),
    "a table, by an option on its column": ("SELECT", "TABLE foo.event", "SELECT (name)"),
    "a sequence": ("SELECT", "SEQUENCE foo.event_id_seq", "SELECT"),
    "a function": ("EXECUTE", "FUNCTION foo.answer()", "EXECUTE"),
    "a schema": ("CREATE", "SCHEMA foo", "CREATE"),
}
TWO_OWNERS = [
    {
        "name": "app",
        "schemas": [{"name": "other", "owner": "a_owner"}, *SAMPLE.as_properties()["databases"][0]["schemas"]],
    }
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("holder", ["a_owner", "master", "lambda_writer"])
@pytest.mark.parametrize("gives", [True, False], ids=["and gives it", "and gives nothing"])
@pytest.mark.parametrize("shut", [False, True], ids=["", "the owner has no USAGE"])
def test_a_grant_option_of_a_role_that_the_master_can_act_as_keeps_nobody_its_rights(
    database: Database, kind: str, holder: str, gives: bool, shut: bool
) -> None:
    """PostgreSQL takes such a role for the grantor of the master's REVOKE, which then takes nothing that others gave."""
    wanted = spec(databases=TWO_OWNERS, users=[{"username": "u"}, *SAMPLE.as_properties()["users"]])
    converge(database, wanted)
    make_tables(database)
    converge(database, wanted)
    privilege, on, option = KINDS[kind]
    run(database, "migrator", f"GRANT {option} ON {on} TO {holder} WITH GRANT OPTION; GRANT {privilege} ON {on} TO u")
    if gives:
        run(
            database,
            "rdsadmin",
            f"GRANT USAGE ON SCHEMA foo TO {holder}; SET ROLE {holder}; GRANT {option} ON {on} TO u",
        )
    if shut:
        run(database, "migrator", "REVOKE USAGE ON SCHEMA foo FROM app_owner")
    with database.superuser() as connection:
        assert converge(database, wanted).changes > 0
        assert "u" not in {name for (name,) in connection.execute(_HOLDERS).fetchall()}
    assert converge(database, wanted).changes == 0


MAKES = [{"database": "app", "schemas": ["foo"], "access": "read_only", "schema_privileges": ["USAGE", "CREATE"]}]
MAKER = with_user(username="maker", privileges=["CONNECT", "CREATE"], grants=MAKES)
GIVES = ("GRANT TRUNCATE ON {0} TO master WITH GRANT OPTION", "GRANT TRUNCATE ON {0} TO lambda_writer")
VIEW = "CREATE VIEW {} AS SELECT 1 AS one"
WAYS = {
    "in a schema of its own that it has shut": (
        "mine.v",
        ["CREATE SCHEMA mine", VIEW.format("mine.v")],
        ["REVOKE USAGE ON SCHEMA mine FROM maker"],
    ),
    "in a schema that it has got from PUBLIC": (
        "foo.v",
        [VIEW.format("foo.v")],
        ["SET ROLE app_owner", "REVOKE USAGE ON SCHEMA foo FROM maker", "GRANT USAGE ON SCHEMA foo TO PUBLIC"],
    ),
    "in a schema of its own that is declared later": (
        "late.v",
        ["CREATE SCHEMA late", VIEW.format("late.v")],
        [],
    ),
}


@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize("options", [True, False], ids=["the master may pass it on", "nobody may"])
@pytest.mark.parametrize("way", WAYS)
def test_an_owner_that_has_no_usage_or_loses_it_on_the_way_keeps_no_run(
    database: Database, way: str, options: bool, leaves: bool
) -> None:
    name, made, shut = WAYS[way]
    app = SAMPLE.as_properties()["databases"][0]
    late = [{**app, "schemas": [*app["schemas"], {"name": "late", "owner": "late_owner"}]}]
    users = (SAMPLE if leaves else MAKER).as_properties()["users"]
    wanted = spec(databases=late if name.startswith("late") else [app], users=users)
    converge(database, MAKER)
    run(database, "maker", *made, *(each.format(name) for each in GIVES[0 if options else 1 :]))
    run(database, "rdsadmin", "; ".join(shut or ["SELECT 1"]))
    converge(database, wanted)
    assert not _may_truncate(database, name)
    assert converge(database, wanted).changes == 0


SHUT = "REVOKE ALL ON SCHEMA foo FROM app_owner"
UNDER = {
    "nothing else": [],
    "a grant too few": ["REVOKE INSERT ON foo.event FROM lambda_writer"],
    "a grant too many": ["GRANT TRUNCATE ON foo.event TO PUBLIC, lambda_writer"],
    "a function for all": ["GRANT EXECUTE ON FUNCTION foo.answer() TO PUBLIC"],
    "nothing for anybody": [
        "REVOKE ALL ON ALL TABLES IN SCHEMA foo FROM lambda_writer",
        "REVOKE ALL ON SCHEMA foo FROM lambda_writer CASCADE",
    ],
    "what is to change hands": ["CREATE TABLE foo.x (id serial)", "ALTER TABLE foo.x OWNER TO maker"],
}


@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize("under", UNDER)
def test_an_owner_that_takes_its_own_schema_from_itself_gets_it_back(
    database: Database, under: str, leaves: bool
) -> None:
    """Its users could do nothing in it, and a run neither, which acts as a member of it."""
    converge(database, MAKER)
    make_tables(database)
    converge(database, MAKER)
    run(
        database, "rdsadmin", f"SET ROLE app_owner; {'; '.join([*UNDER[under][:-1], 'RESET ROLE', *UNDER[under][-1:]])}"
    )
    run(database, "migrator", SHUT)
    assert not reconcile.prove(connect_as_master(database), MAKER, database.name).holds
    wanted = SAMPLE if leaves else MAKER
    converge(database, wanted)
    assert allowed(database, "migrator", "CREATE TABLE foo.later ()")
    converge(database, wanted)
    assert reconcile.prove(connect_as_master(database), wanted, database.name).holds


def test_a_removal_goes_on_in_a_schema_whose_owner_has_shut_it(database: Database) -> None:
    converge(database)
    make_tables(database)
    converge(database)
    run(database, "migrator", SHUT)
    remove(database)
    assert not run(database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'lambda_writer' AND rolcanlogin")
    with database.superuser() as connection:
        assert "lambda_writer" not in {name for (name,) in connection.execute(_HOLDERS).fetchall()}


CIRCLES = {
    "a table": ("TABLE foo.event", "SELECT"),
    "a column": ("TABLE foo.event", "UPDATE (name)"),
    "a sequence": ("SEQUENCE foo.event_id_seq", "USAGE"),
    "a function": ("FUNCTION foo.answer()", "EXECUTE"),
    "a type": ("TYPE foo.mood", "USAGE"),
    "a schema": ("SCHEMA foo", "USAGE"),
}


@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
@pytest.mark.parametrize("back", ["", " WITH GRANT OPTION"], ids=["", "with the option"])
@pytest.mark.parametrize("through", ["lambda_writer", "a_owner", "outsider"])
@pytest.mark.parametrize("kind", CIRCLES)
def test_a_right_that_is_given_back_to_its_owner_keeps_no_run(
    database: Database, kind: str, through: str, back: str, leaves: bool
) -> None:
    users = [each for each in SAMPLE.as_properties()["users"] if not (leaves and each["username"] == "lambda_writer")]
    converge(database, spec(databases=TWO_OWNERS))
    make_tables(database)
    run(database, "migrator", "CREATE TYPE foo.mood AS ENUM ('fine')")
    converge(database, spec(databases=TWO_OWNERS))
    on, privilege = CIRCLES[kind]
    run(
        database,
        "rdsadmin",
        "CREATE ROLE outsider",
        f"GRANT USAGE ON SCHEMA foo TO {through}",
        f"SET ROLE app_owner; GRANT {privilege} ON {on} TO {through} WITH GRANT OPTION; "
        f"SET ROLE {through}; GRANT {privilege} ON {on} TO app_owner{back}",
    )
    wanted = spec(databases=TWO_OWNERS, users=users)
    converge(database, wanted)
    assert converge(database, wanted).changes == 0


@pytest.mark.parametrize("leaves", [False, True], ids=["stays", "leaves"])
def test_a_membership_that_is_given_to_the_master_keeps_no_run(database: Database, leaves: bool) -> None:
    groups = [{"name": "team", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}]
    lead = {"username": "lead", "groups": [{"name": "team", "admin": True}]}
    others = SAMPLE.as_properties()["users"]
    converge(database, spec(groups=groups, users=[*others, lead]))
    run(database, "lead", "GRANT team TO master")
    wanted = spec(groups=groups, users=others if leaves else [*others, {**lead, "groups": [{"name": "team"}]}])
    converge(database, wanted)
    assert converge(database, wanted).changes == 0


def test_in_a_strangers_schema_it_is_the_stranger_who_can_help(database: Database) -> None:
    converge(database, MAKER)
    run(
        database,
        "rdsadmin",
        "CREATE ROLE stranger",
        "CREATE SCHEMA strange AUTHORIZATION stranger",
        "GRANT USAGE, CREATE ON SCHEMA strange TO maker",
    )
    run(database, "maker", VIEW.format("strange.v"), *(each.format("strange.v") for each in GIVES))
    run(database, "rdsadmin", "REVOKE USAGE ON SCHEMA strange FROM maker")
    done = converge(database, MAKER)
    assert _may_truncate(database, "strange.v")
    assert converge(database, MAKER).changes == 0
    for by in ("stranger", "maker"):
        (advice,) = (
            each.split(f"as '{by}' run ")[1]
            for each in done.warnings
            if f"only '{by}' can" in each and "CREATE" not in each
        )
        run(database, "rdsadmin", f'SET ROLE "{by}"; {advice}')
    assert not _may_truncate(database, "strange.v")
    assert converge(database, MAKER).changes == 0


def _may_truncate(database: Database, name: str) -> bool:
    query = f"SELECT has_table_privilege('lambda_writer', '{name}', 'TRUNCATE')"
    return bool(run(database, "rdsadmin", query)[0][0])


_HOLDERS = """
SELECT DISTINCT grantee::regrole::text FROM (
    SELECT relacl FROM pg_class UNION ALL SELECT attacl FROM pg_attribute UNION ALL SELECT proacl FROM pg_proc
    UNION ALL SELECT nspacl FROM pg_namespace
) AS found (acl), aclexplode(acl)
"""
