"""Databases in other encodings than UTF8: what works does, and what can't is said; nobody's bytes stop or blind a run."""

from collections.abc import Iterator

import psycopg
import pytest

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.engine import connect_as_master, converge, remove, run
from tests.database.watched import looked

MARK = "[managed by keyless-aurora]"
OTHERS = ("SQL_ASCII", "LATIN1", "WIN1252")
BYTES = b"\xe9\xff"
"""No UTF-8, and a character each in a database that takes bytes as they come."""


def made(database: Database, encoding: str) -> Database:
    with database.server.connect() as connection:
        connection.execute(
            f"CREATE DATABASE other OWNER {MASTER} ENCODING {encoding} TEMPLATE template0 LOCALE 'C'".encode()
        )
    return Database(database.server, "other")


@pytest.fixture(params=OTHERS)
def other(database: Database, request: pytest.FixtureRequest) -> Iterator[Database]:
    yield made(database, request.param)


def wanted(database: Database, *users: str, **fields: object) -> AccessSpec:
    grant = {"database": database.name, "schemas": ["foo"], "access": "read_write", "functions": ["EXECUTE"]}
    del grant["access"]
    grant |= {"tables": ["SELECT", "INSERT"], "schema_privileges": ["USAGE", "CREATE"]}
    return AccessSpec.parse(
        {
            "version": 1,
            "databases": [{"name": database.name, "schemas": [{"name": "foo", "owner": "app_owner"}]}],
            "users": [{"username": name, "description": "reads", "grants": [grant]} for name in users],
            **fields,
        }
    )


def raw(database: Database, user: str, *statements: bytes) -> None:
    """Each as these bytes."""
    with psycopg.connect(database.conninfo(user), autocommit=True) as connection:
        if connection.info.parameter_status("server_encoding") != "UTF8":
            connection.execute("SET client_encoding = SQL_ASCII")
        for statement in statements:
            connection.pgconn.exec_(statement)


def named(elsewhere: Database, *statements: bytes) -> None:
    """Make what has bytes for a name something that the fixtures can read and drop."""
    raw(elsewhere, "rdsadmin", *statements, b'ALTER ROLE "r%b" RENAME TO r' % BYTES)


def test_a_run_does_what_is_asked_and_then_nothing(other: Database) -> None:
    spec = wanted(other, "reader", "writer")
    converge(other, spec)
    run(
        other,
        MASTER,
        "CREATE TABLE foo.t (id int)",
        "CREATE FUNCTION foo.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    converge(other, spec)
    assert converge(other, spec).changes == 0
    assert reconcile.prove(connect_as_master(other), spec, other.name).holds
    assert run(other, "reader", "SELECT count(*) FROM foo.t") == [(0,)]


def test_no_name_of_a_user_stops_or_blinds_a_run(other: Database) -> None:
    """What a user that makes things in a declared schema can put into the catalogs."""
    spec = wanted(other, "reader", "writer")
    converge(other, spec)
    raw(
        other,
        "writer",
        b'CREATE TABLE foo."t%b" ("c%b" int)' % (BYTES, BYTES),
        b'CREATE TABLE foo."\xc3\xa9" (id int)',
        b'CREATE SEQUENCE foo."s%b"' % BYTES,
        b"CREATE TYPE foo.\"e%b\" AS ENUM ('%b')" % (BYTES, BYTES),
        b'CREATE FUNCTION foo."f%b"(foo."e%b") RETURNS int LANGUAGE sql AS \'SELECT 1\'' % (BYTES, BYTES),
        b'GRANT SELECT ("c%b"), INSERT ON foo."t%b" TO reader, PUBLIC' % (BYTES, BYTES),
        b'GRANT EXECUTE ON FUNCTION foo."f%b"(foo."e%b") TO PUBLIC' % (BYTES, BYTES),
        b"ALTER ROLE writer SET application_name = '%b'" % BYTES,
        b'ALTER ROLE writer SET "x%b.y" = 1' % BYTES,
        b"COMMENT ON TABLE foo.\"t%b\" IS '%b'" % (BYTES, BYTES),
    )
    found = reconcile.prove(connect_as_master(other), spec, other.name)
    assert found.plan and found.violations
    assert looked(connect_as_master(other), spec, other.name, MASTER).drift
    converge(other, spec)
    assert converge(other, spec).changes == 0
    assert reconcile.prove(connect_as_master(other), spec, other.name).holds
    converge(other, wanted(other, "reader"))
    remove(other, spec)
    held = "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE grantee = ANY('{reader,writer}'::regrole[])"
    assert run(other, "rdsadmin", held) == [(0,)]


@pytest.mark.parametrize("encoding", OTHERS)
def test_no_bytes_that_came_from_elsewhere_stop_or_blind_a_run_in_utf8(database: Database, encoding: str) -> None:
    """Settings, comments and roles are the cluster's: what a user or a CREATEROLE role of another database writes."""
    spec, elsewhere = wanted(database, "reader", "writer"), made(database, encoding)
    converge(database, spec)
    run(database, "rdsadmin", "GRANT CONNECT ON DATABASE other TO writer")
    raw(
        elsewhere,
        "writer",
        b"ALTER ROLE writer SET application_name = '%b'" % BYTES,
        b'ALTER ROLE writer SET "x%b.y" = 1' % BYTES,
    )
    raw(
        elsewhere,
        "rdsadmin",
        b"COMMENT ON ROLE reader IS 'reads %b %b'" % (BYTES, MARK.encode()),
        b'CREATE ROLE "r%b"' % BYTES,
        b'GRANT writer TO "r%b"' % BYTES,
        b'CREATE DATABASE "d%b"' % BYTES,
    )
    try:
        _is_put_right(database, elsewhere, spec)
    finally:
        named(elsewhere, b'DROP DATABASE "d%b"' % BYTES)


def _is_put_right(database: Database, elsewhere: Database, spec: AccessSpec) -> None:
    found = reconcile.prove(connect_as_master(database), spec, database.name)
    assert found.plan and not found.conflicts
    assert looked(connect_as_master(database), spec, database.name, MASTER).drift
    converge(database, spec)
    assert converge(database, spec).changes == 0
    assert (
        run(
            database,
            "rdsadmin",
            "SELECT 1 FROM pg_db_role_setting JOIN pg_roles r ON r.oid = setrole WHERE rolname = 'writer'",
        )
        == []
    )
    raw(elsewhere, "writer", b'ALTER ROLE writer SET "x%b.y" = 1' % BYTES)
    remove(database, spec)
    assert run(database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'reader'") == [(False,)]


def test_a_marked_role_whose_name_is_no_text_here_is_named_and_stops_no_removal(database: Database) -> None:
    spec, elsewhere = wanted(database, "reader"), made(database, "SQL_ASCII")
    converge(database, spec)
    raw(
        elsewhere,
        "rdsadmin",
        b'CREATE ROLE "r%b" LOGIN' % BYTES,
        b"COMMENT ON ROLE \"r%b\" IS '%b'" % (BYTES, MARK.encode()),
    )
    try:
        with pytest.raises(PlanError, match="its name is no text in this database's encoding"):
            converge(database, spec)
        assert reconcile.prove(connect_as_master(database), spec, database.name).conflicts
        remove(database, spec)
        assert run(database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'reader'") == [(False,)]
    finally:
        named(elsewhere)


@pytest.mark.parametrize(
    "fields, what",
    [
        ({"groups": [{"name": "équipe"}]}, "role 'équipe'"),
        ({"groups": [{"name": "team", "description": "l'équipe"}]}, 'description "l\'équipe"'),
    ],
)
def test_what_another_encoding_cannot_say_of_the_cluster_is_refused(
    other: Database, fields: dict[str, object], what: str
) -> None:
    spec = wanted(other, "reader", **fields)
    with other.superuser() as connection:
        encoding = connection.info.parameter_status("server_encoding")
    says = (
        f"{what} is not ASCII, and database 'other' has encoding {encoding}.*allowed there: ASCII; or a database with"
    )
    for ask in (
        lambda: converge(other, spec),
        lambda: reconcile.preview(connect_as_master(other), spec, other.name),
        lambda: reconcile.prove(connect_as_master(other), spec, other.name),
    ):
        with pytest.raises(PlanError, match=says):
            ask()


def test_a_schema_works_where_the_encoding_has_its_letters(other: Database) -> None:
    with other.superuser() as connection:
        encoding = connection.info.parameter_status("server_encoding")
    schema = [{"name": "données", "owner": "app_owner"}]
    spec = AccessSpec.parse({"version": 1, "databases": [{"name": "other", "schemas": schema}], "users": []})
    if encoding == "SQL_ASCII":
        with pytest.raises(
            PlanError, match="schema 'données' is not ASCII, and database 'other' has encoding SQL_ASCII"
        ):
            converge(other, spec)
        return
    converge(other, spec)
    assert converge(other, spec).changes == 0


@pytest.mark.parametrize("encoding", ["LATIN1", "UTF8"])
def test_a_name_that_the_encoding_lacks_is_explained(database: Database, encoding: str) -> None:
    other = made(database, encoding)
    schema = [{"name": "żółw", "owner": "app_owner"}]
    spec = AccessSpec.parse({"version": 1, "databases": [{"name": "other", "schemas": schema}], "users": []})
    if encoding == "UTF8":
        converge(other, spec)
        return
    with pytest.raises(Exception, match=r"\(22P05\).*encoding"):
        converge(other, spec)


def test_a_role_with_other_letters_can_be_retired_from_such_a_database(other: Database, database: Database) -> None:
    """By its bytes, whatever they are shown as."""
    spec = wanted(database, "Zoë", groups=[{"name": "équipe", "description": "l'équipe"}])
    converge(database, spec)
    assert converge(database, spec).changes == 0
    here = wanted(other, "reader")
    converge(other, here)
    assert converge(other, here).changes == 0
    logins = "SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY('{reader,Zoë}') ORDER BY 1"
    assert run(database, "rdsadmin", logins) == [("Zoë", False), ("reader", True)]
