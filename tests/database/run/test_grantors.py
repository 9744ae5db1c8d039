"""Who is the grantor of a run's statements: the objects' owner, whatever grant options others have and whatever the owner
has lost."""

import pytest

from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, make_tables, run, spec, with_user

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
@pytest.mark.parametrize("way", WAYS)
def test_an_owner_that_has_no_usage_or_loses_it_on_the_way_keeps_no_run(
    database: Database, way: str, leaves: bool
) -> None:
    name, made, shut = WAYS[way]
    app = SAMPLE.as_properties()["databases"][0]
    late = [{**app, "schemas": [*app["schemas"], {"name": "late", "owner": "late_owner"}]}]
    users = (SAMPLE if leaves else MAKER).as_properties()["users"]
    wanted = spec(databases=late if name.startswith("late") else [app], users=users)
    converge(database, MAKER)
    run(database, "maker", *made, *(each.format(name) for each in GIVES))
    run(database, "rdsadmin", "; ".join(shut or ["SELECT 1"]))
    converge(database, wanted)
    assert not _may_truncate(database, name)
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
