"""What somebody could hold that the access spec of the dev environment doesn't give, and the lines that must turn red.

Each by hand, put back, on the tables foo.beyond_1 to foo.beyond_5 and what else is made here.
"""

from typing import Final

MADE: Final = """
SET ROLE app_owner;
CREATE TABLE foo.beyond_1 (id int PRIMARY KEY, name text, payload text);
CREATE TABLE foo.beyond_2 (LIKE foo.beyond_1);
CREATE TABLE foo.beyond_3 (LIKE foo.beyond_1);
CREATE TABLE foo.beyond_4 (LIKE foo.beyond_1);
CREATE TABLE foo.beyond_5 (LIKE foo.beyond_1) PARTITION BY RANGE (id);
CREATE TABLE foo.beyond_part PARTITION OF foo.beyond_5 FOR VALUES FROM (0) TO (10);
CREATE VIEW foo.beyond_view AS SELECT * FROM foo.beyond_1;
CREATE SEQUENCE foo.beyond_number;
CREATE FUNCTION foo.beyond_call() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE foo.beyond_do() LANGUAGE sql AS 'SELECT 1';
CREATE TYPE foo.beyond_type AS ENUM ('a');
CREATE FUNCTION foo.beyond_own(foo.beyond_type) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION foo.beyond_trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
RESET ROLE;
CREATE ROLE beyond_somebody LOGIN;
CREATE SCHEMA beyond
"""
GONE: Final = """
DROP VIEW foo.beyond_view;
DROP TABLE foo.beyond_1, foo.beyond_2, foo.beyond_3, foo.beyond_4, foo.beyond_5;
DROP FUNCTION foo.beyond_call, foo.beyond_own, foo.beyond_trigger;
DROP PROCEDURE foo.beyond_do;
DROP TYPE foo.beyond_type;
DROP SEQUENCE foo.beyond_number;
DROP SCHEMA beyond CASCADE;
DROP ROLE beyond_somebody
"""

_OWNERS: Final = "owners of schemas and what is in them in database app"
_ROLES: Final = "lambda_writer: roles that it comes to in database app"
_ATTRIBUTES: Final = "lambda_writer: attributes in database app"
_SCHEMAS: Final = "lambda_writer: schemas that the spec lacks in database app"
_MEMBERS: Final = "who is a member of the spec's roles in database app"
_RULERS: Final = "whose the databases are in database app"
_LOGINS: Final = "which of the spec's roles log in in database app"
_OTHERS: Final = "what others have in database app"


def _writer(what: str) -> str:
    return f"lambda_writer: {what} in database app"


def _owner(kind: str, spec: str = "") -> tuple[str, str]:
    """`spec`: what the user has by it, which goes when it becomes the owner."""
    again = f"; GRANT {spec} ON {kind.removeprefix('VIEW ')} TO lambda_writer" if spec else ""
    return (f"ALTER {kind} OWNER TO lambda_writer", f"ALTER {kind} OWNER TO app_owner{again}")


def _given(right: str, to: str = "lambda_writer") -> tuple[str, str]:
    return (f"GRANT {right} TO {to}", f"REVOKE {right} FROM {to}")


BEYOND: Final[dict[str, tuple[tuple[str, str], set[str]]]] = {
    "a table's owner": (
        _owner("TABLE foo.beyond_4", "INSERT, UPDATE, DELETE"),
        {_OWNERS, _writer("SELECT on table foo.beyond_4")},
    ),
    "a sequence's owner": (
        _owner("SEQUENCE foo.beyond_number", "USAGE"),
        {_OWNERS, _writer("SELECT on sequence foo.beyond_number")},
    ),
    "a function's owner": (
        _owner("FUNCTION foo.beyond_call()"),
        {_OWNERS, _writer("EXECUTE on function foo.beyond_call()")},
    ),
    "a view's owner": (
        _owner("VIEW foo.beyond_view", "INSERT, UPDATE, DELETE"),
        {_OWNERS, _writer("SELECT on table foo.beyond_view")},
    ),
    "a type's owner": (_owner("TYPE foo.beyond_type"), {_OWNERS}),
    "a schema's owner": (_owner("SCHEMA bar", "USAGE"), {_OWNERS, _writer("CREATE on schema bar")}),
    "another owner": (
        ("ALTER TABLE foo.beyond_4 OWNER TO beyond_somebody", "ALTER TABLE foo.beyond_4 OWNER TO app_owner"),
        {_OWNERS, "migrator (as app_owner): SELECT on table foo.beyond_4 in database app"},
    ),
    "columns read": (
        _given("SELECT (name, payload) ON foo.beyond_4"),
        {
            _writer("SELECT on column name of table foo.beyond_4"),
            _writer("SELECT on column payload of table foo.beyond_4"),
        },
    ),
    "a column read by everybody": (
        _given("SELECT (payload) ON foo.beyond_1", "PUBLIC"),
        {_writer("SELECT on column payload of table foo.beyond_1")},
    ),
    "a column referred to": (
        _given("REFERENCES (payload) ON foo.beyond_1"),
        {_writer("REFERENCES on column payload of table foo.beyond_1")},
    ),
    "columns in place of the table": (
        (
            "REVOKE INSERT, UPDATE ON foo.beyond_4 FROM lambda_writer; GRANT INSERT (id), UPDATE (id) ON foo.beyond_4 TO lambda_writer",
            "REVOKE INSERT (id), UPDATE (id) ON foo.beyond_4 FROM lambda_writer; GRANT INSERT, UPDATE ON foo.beyond_4 TO lambda_writer",
        ),
        {
            _writer("INSERT on table foo.beyond_4"),
            _writer("UPDATE on table foo.beyond_4"),
        },
    ),
    "the right to pass one on": (
        (
            "GRANT INSERT ON foo.beyond_1 TO lambda_writer WITH GRANT OPTION",
            "REVOKE GRANT OPTION FOR INSERT ON foo.beyond_1 FROM lambda_writer",
        ),
        {_writer("INSERT WITH GRANT OPTION on table foo.beyond_1")},
    ),
    "the fifth table": (_given("SELECT ON foo.beyond_5"), {_writer("SELECT on table foo.beyond_5")}),
    "a table without what the spec gives": (
        (
            "REVOKE ALL ON foo.beyond_5 FROM lambda_writer",
            "GRANT INSERT, UPDATE, DELETE ON foo.beyond_5 TO lambda_writer",
        ),
        {_writer(f"{right} on table foo.beyond_5") for right in ("INSERT", "UPDATE", "DELETE")},
    ),
    "a partition": (_given("SELECT ON foo.beyond_part"), {_writer("SELECT on table foo.beyond_part")}),
    "a view emptied": (_given("TRUNCATE ON foo.beyond_view"), {_writer("TRUNCATE on table foo.beyond_view")}),
    "a procedure": (_given("EXECUTE ON PROCEDURE foo.beyond_do()"), {_writer("EXECUTE on function foo.beyond_do()")}),
    "a function of a type of its own": (
        _given("EXECUTE ON FUNCTION foo.beyond_own(foo.beyond_type)"),
        {_writer("EXECUTE on function foo.beyond_own(foo.beyond_type)")},
    ),
    "a trigger's function": (
        _given("EXECUTE ON FUNCTION foo.beyond_trigger()"),
        {_writer("EXECUTE on function foo.beyond_trigger()")},
    ),
    "a schema that the spec lacks": (_given("USAGE ON SCHEMA beyond"), {_SCHEMAS}),
    "CREATE on public for everybody": (
        _given("CREATE ON SCHEMA public", "PUBLIC"),
        {_SCHEMAS, "migrator: schemas that the spec lacks in database app"},
    ),
    "another database": (
        _given("CREATE ON DATABASE postgres"),
        {"lambda_writer: databases that the spec lacks in database app"},
    ),
    "the owner's role without INHERIT": (
        (
            "ALTER ROLE lambda_writer NOINHERIT; GRANT app_owner TO lambda_writer",
            "REVOKE app_owner FROM lambda_writer; ALTER ROLE lambda_writer INHERIT",
        ),
        {_ROLES},
    ),
    "a way round to the owner's role": (
        (
            "ALTER ROLE lambda_writer NOINHERIT; GRANT app_owner TO beyond_somebody; GRANT beyond_somebody TO lambda_writer",
            "REVOKE beyond_somebody FROM lambda_writer; REVOKE app_owner FROM beyond_somebody; ALTER ROLE lambda_writer INHERIT",
        ),
        {_ROLES, _MEMBERS},
    ),
    "a role for programs": (_given("pg_execute_server_program"), {_ROLES}),
    "a role for everything": (_given("rds_superuser"), {_ROLES}),
    "the right to give a role": (
        ("GRANT rds_iam TO lambda_writer WITH ADMIN OPTION", "REVOKE ADMIN OPTION FOR rds_iam FROM lambda_writer"),
        {_ROLES},
    ),
    **{
        attribute: ((f"ALTER ROLE lambda_writer {attribute}", f"ALTER ROLE lambda_writer NO{attribute}"), {_ATTRIBUTES})
        for attribute in ("CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION")
    },
    **{
        f"a {what}": (
            (f"ALTER ROLE lambda_writer {there}", f"ALTER ROLE lambda_writer {back}"),
            {_writer("settings and limits")},
        )
        for what, there, back in (
            ("setting", "SET search_path = evil", "RESET search_path"),
            (
                "role to start as in one database",
                "IN DATABASE app SET role = lambda_writer",
                "IN DATABASE app RESET role",
            ),
            ("connection limit", "CONNECTION LIMIT 60", "CONNECTION LIMIT 50"),
            ("day that it ends", "VALID UNTIL '2999-01-01'", "VALID UNTIL 'infinity'"),
            ("user that doesn't inherit", "NOINHERIT", "INHERIT"),
        )
    },
    "an outsider in the owner's role": (_given("app_owner", "beyond_somebody"), {_MEMBERS}),
    "the right to let others in": (
        (
            "GRANT CONNECT ON DATABASE app TO lambda_writer WITH GRANT OPTION",
            "REVOKE GRANT OPTION FOR CONNECT ON DATABASE app FROM lambda_writer",
        ),
        {"lambda_writer: CONNECT WITH GRANT OPTION on database app"},
    ),
    "a schema that the spec lacks, without a right on it": (
        (
            "ALTER SCHEMA beyond OWNER TO lambda_writer; REVOKE ALL ON SCHEMA beyond FROM lambda_writer",
            "ALTER SCHEMA beyond OWNER TO rdsadmin",
        ),
        {_SCHEMAS},
    ),
    "CREATE among PostgreSQL's own": (_given("CREATE ON SCHEMA pg_catalog"), {_SCHEMAS}),
    "another owner of the database": (
        ("ALTER DATABASE app OWNER TO beyond_somebody", "ALTER DATABASE app OWNER TO keyless_master"),
        {_RULERS},
    ),
    "the owner of another database, without a right on it": (
        (
            "ALTER DATABASE postgres OWNER TO lambda_writer; REVOKE ALL ON DATABASE postgres FROM lambda_writer",
            "ALTER DATABASE postgres OWNER TO rdsadmin; GRANT ALL ON DATABASE postgres TO rdsadmin",
        ),
        {_RULERS},
    ),
    "an owner that may log in": (
        ("ALTER ROLE app_owner LOGIN PASSWORD 'x'", "ALTER ROLE app_owner NOLOGIN PASSWORD NULL"),
        {_LOGINS},
    ),
    **{
        f"an outsider's {what}": (_given(right, "beyond_somebody"), {_OTHERS})
        for what, right in {
            "table": "SELECT ON foo.beyond_1",
            "column": "UPDATE (payload) ON foo.beyond_1",
            "sequence": "USAGE ON SEQUENCE foo.beyond_number",
            "function": "EXECUTE ON FUNCTION foo.beyond_call()",
            "type": "USAGE ON TYPE foo.beyond_type",
            "schema": "CREATE ON SCHEMA foo",
            "way in": "CONNECT ON DATABASE app",
            "role that reads everything": "pg_read_all_data",
            "role like the master's": "rds_superuser",
        }.items()
    },
    "an outsider's future tables": (
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO beyond_somebody",
            "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo REVOKE SELECT ON TABLES FROM beyond_somebody",
        ),
        {_OTHERS},
    ),
    "an outsider's attribute": (
        ("ALTER ROLE beyond_somebody BYPASSRLS", "ALTER ROLE beyond_somebody NOBYPASSRLS"),
        {_OTHERS},
    ),
}
"""By what it is: how it is given and taken, and the lines of a verify that must be among the wrong ones."""
