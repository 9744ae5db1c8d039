"""`grants: through_groups`: the same rights by one group for each schema and kind of access, for any number of
users."""

from typing import Any

import pytest
from psycopg.sql import SQL, Identifier

from db_access.errors import PlanError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import allowed, converge, fingerprint, remove, run

TABLES = (
    "CREATE TABLE foo.t (id bigserial, v text)",
    "CREATE TABLE bar.t (id bigserial, v text)",
    "CREATE FUNCTION foo.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
)
USERS: list[dict[str, Any]] = [
    {"username": "migrator", "grants": [{"database": "app", "schemas": ["foo", "bar"], "access": "owner"}]},
    {"username": "reader", "grants": [{"database": "app", "schemas": ["foo", "bar"], "access": "read_only"}]},
    {
        "username": "writer",
        "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]}],
    },
    {
        "username": "second",
        "grants": [{"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]}],
    },
    {
        "username": "lister",
        "privileges": ["CONNECT", "TEMPORARY"],
        "grants": [
            {"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"], "tables": ["SELECT"], "only": ["foo.t"]}
        ],
    },
    {"username": "guest", "databases": ["app"], "groups": ["team"]},
]


def spec(grants: str, users: list[dict[str, Any]] = USERS) -> AccessSpec:
    schemas = [{"name": "foo", "owner": "app_owner"}, {"name": "bar", "owner": "app_owner"}]
    team = {"name": "team", "grants": [{"database": "app", "schemas": ["bar"], "access": "append_only"}]}
    return AccessSpec.parse(
        {"databases": [{"name": "app", "grants": grants, "schemas": schemas}], "users": users, "groups": [team]}
    )


def test_both_ways_give_the_same_rights(database: Database) -> None:
    converge(database, spec("direct"))
    run(database, "migrator", *TABLES)
    converge(database, spec("direct"))
    directly = rights(database)
    converge(database, spec("through_groups"))
    run(database, "migrator", "CREATE TABLE bar.later (id bigserial)")
    assert allowed(database, "guest", "INSERT INTO bar.later DEFAULT VALUES")
    assert allowed(database, "reader", "TABLE bar.later")
    assert not allowed(database, "writer", "TABLE bar.later")
    run(database, "migrator", "DROP TABLE bar.later")
    assert rights(database) == directly
    assert converge(database, spec("through_groups")).changes == 0


def test_going_there_and_back_restores_every_grant(database: Database) -> None:
    converge(database, spec("direct"))
    run(database, "migrator", *TABLES)
    converge(database, spec("direct"))
    with database.superuser() as connection:
        before = fingerprint(connection)
        converge(database, spec("through_groups"))
        held = (
            "SELECT array_agg(DISTINCT a.grantee::regrole::text) FROM pg_class, aclexplode(relacl) AS a WHERE "
            "relname = 't' AND a.grantee <> relowner"
        )
        assert set(run(database, "rdsadmin", held)[0][0]).isdisjoint({"reader", "writer", "lister", "team"})
        converge(database, spec("direct"))
        groups = [
            row
            for row in fingerprint(connection)
            if row[0] in ("role", "member") and row[1].strip('"').startswith("keyless-aurora/")
        ]
        assert [row for row in fingerprint(connection) if row not in groups] == before
        assert groups  # they stay, with no member and no right, as every retired role does
    assert converge(database, spec("direct")).changes == 0


def test_names_say_what_a_group_is_for(database: Database) -> None:
    converge(database, spec("through_groups", USERS[:2]))
    names = run(
        database,
        "rdsadmin",
        "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname LIKE 'keyless-aurora/%' ORDER BY 1",
    )
    assert names == [
        (f"keyless-aurora/app/{rest}", False)
        for rest in ("bar/append_only", "bar/read_only", "connect", "foo/read_only")
    ]


@pytest.mark.parametrize("schemas", [["x" * 63, "x" * 62 + "y"], ["a/b", "a"], ["ünïcödé" * 5, "%s {} \"'"]])
def test_groups_of_any_schemas_have_names_of_their_own(database: Database, schemas: list[str]) -> None:
    users = [
        {"username": f"u{n}", "grants": [{"database": "app", "schemas": [name], "access": "read_only"}]}
        for n, name in enumerate(schemas)
    ]
    wanted = AccessSpec.parse(
        {
            "databases": [
                {"name": "app", "grants": "through_groups", "schemas": [{"name": s, "owner": "o"} for s in schemas]}
            ],
            "users": users,
        }
    )
    converge(database, wanted)
    run(
        database,
        "rdsadmin",
        *(
            SQL("CREATE TABLE {} (); ALTER TABLE {} OWNER TO o").format(Identifier(s, "t"), Identifier(s, "t"))
            for s in schemas
        ),
    )
    converge(database, wanted)
    for n, mine in enumerate(schemas):
        for name in schemas:
            run(
                database,
                "rdsadmin",
                SQL("SELECT 1/(has_table_privilege({}, {}::regclass, 'SELECT') = {})::int").format(
                    f"u{n}", Identifier(name, "t").as_string(None), name == mine
                ),
            )
    assert converge(database, wanted).changes == 0


def test_a_group_that_somebody_else_made_is_not_taken(database: Database) -> None:
    run(database, "master", 'CREATE ROLE "keyless-aurora/app/foo/read_only"')
    with pytest.raises(PlanError, match="exists and was made by somebody else"):
        converge(database, spec("through_groups"))


def test_who_connects_elsewhere_through_a_group_keeps_its_login_when_one_database_goes(database: Database) -> None:
    run(database, "master", "CREATE DATABASE other")
    two = [
        {"name": name, "grants": "through_groups", "schemas": [{"name": "foo", "owner": "app_owner"}]}
        for name in ("app", "other")
    ]
    grants = [{"database": name, "schemas": ["foo"], "access": "read_only"} for name in ("app", "other")]
    wanted = AccessSpec.parse(
        {"databases": two, "users": [{"username": "both", "grants": grants}, {"username": "one", "grants": grants[:1]}]}
    )
    converge(database, wanted)
    converge(Database(database.server, name="other"), wanted)
    remove(database, wanted)
    assert run(
        database, "rdsadmin", "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname IN ('both', 'one') ORDER BY 1"
    ) == [("both", True), ("one", False)]
    may = "SELECT has_database_privilege('both', 'app', 'CONNECT'), has_database_privilege('both', 'other', 'CONNECT')"
    assert run(database, "rdsadmin", may) == [(False, True)]


def test_a_group_that_is_in_use_is_not_dropped_and_one_that_no_longer_is_can_be(database: Database) -> None:
    group = "keyless-aurora/app/foo/read_only"
    dropping = {"retired": [{"username": group, "drop": True}]}
    wanted = spec("through_groups").as_properties()
    summaries = [converge(database, AccessSpec.parse({**wanted, **dropping})) for _ in range(2)]
    assert [summary.changes > 0 for summary in summaries] == [True, False]
    assert all(
        f"retired role '{group}' is not dropped, it holds grants for the spec's users by `grants: through_groups`"
        in s.warnings
        for s in summaries
    )
    converge(database, AccessSpec.parse({**wanted, **dropping, "users": []}))
    assert run(database, "rdsadmin", f"SELECT FROM pg_roles WHERE rolname = '{group}'") == []


def rights(database: Database) -> list[tuple[Any, ...]]:
    return run(
        database,
        "rdsadmin",
        """
        SELECT u.rolname, 'database', p, '' FROM pg_roles u, unnest('{CONNECT,CREATE,TEMPORARY}'::text[]) p WHERE has_database_privilege(u.oid, 'app', p)
            AND u.rolname !~ '[/_]'
        UNION ALL SELECT u.rolname, n.nspname, p, '' FROM pg_roles u, pg_namespace n, unnest('{USAGE,CREATE}'::text[]) p
        WHERE nspname IN ('foo', 'bar') AND has_schema_privilege(u.oid, n.oid, p) AND u.rolname !~ '[/_]'
        UNION ALL SELECT u.rolname, c.oid::regclass::text, p, coalesce(attname, '') FROM pg_roles u, pg_class c
            JOIN pg_attribute ON attrelid = c.oid AND attnum > 0, unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p
        WHERE relnamespace::regnamespace::text IN ('foo', 'bar') AND relkind = 'r' AND has_column_privilege(u.oid, c.oid, attnum, p) AND u.rolname !~ '[/_]'
        UNION ALL SELECT u.rolname, c.oid::regclass::text, p, '' FROM pg_roles u, pg_class c, unnest('{SELECT,UPDATE,USAGE}'::text[]) p
        WHERE relnamespace::regnamespace::text IN ('foo', 'bar') AND relkind = 'S' AND has_sequence_privilege(u.oid, c.oid, p) AND u.rolname !~ '[/_]'
        ORDER BY 1, 2, 3, 4
        """,
    )
