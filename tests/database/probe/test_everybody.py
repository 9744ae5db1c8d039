"""What is so whoever logs in: each thing by hand turns its line red, seen by a user who can do next to nothing."""

from collections.abc import Iterator

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.beside import spec_roles
from keyless.rehearsal.lines.rights.everybody import Everybody
from keyless.rehearsal.lines.rights.meaning import Meaning
from tests.conftest import MASTER, Database
from tests.database.engine import converge, make_tables, spec
from tests.database.probe.asking import asked, session

GROUPS = spec(groups=[{"name": "team", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}])
CASES = {
    "ALTER DATABASE app OWNER TO somebody": "database app belongs to somebody",
    "ALTER DATABASE app OWNER TO lambda_writer": "database app belongs to lambda_writer",
    "ALTER ROLE app_owner LOGIN": "app_owner may log in",
    "ALTER ROLE team LOGIN": "team may log in",
    "GRANT SELECT ON foo.event TO somebody": "somebody has SELECT on table foo.event",
    "GRANT SELECT ON ALL TABLES IN SCHEMA foo, bar TO somebody": "somebody has SELECT on table bar.audit and 1 more",
    "GRANT UPDATE (id) ON foo.event TO somebody": "somebody has UPDATE on column foo.event.id",
    "GRANT SELECT (ctid) ON foo.event TO somebody": "somebody has SELECT on column foo.event.ctid",
    "GRANT USAGE ON SEQUENCE foo.event_id_seq TO somebody": "somebody has USAGE on sequence foo.event_id_seq",
    "GRANT EXECUTE ON FUNCTION foo.answer TO somebody": "somebody has EXECUTE on function foo.answer",
    "GRANT CREATE ON SCHEMA foo TO somebody": "somebody has CREATE on schema foo",
    "GRANT CONNECT ON DATABASE app TO somebody": "somebody has CONNECT on database app",
    "GRANT SELECT ON foo.event TO rdstopmgr": "rdstopmgr has SELECT on table foo.event",
    "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO somebody": (
        "somebody has SELECT on future objects app_owner"
    ),
    "GRANT pg_read_all_data TO somebody": "somebody is a member of pg_read_all_data",
    "CREATE ROLE between; GRANT rds_replication TO between; GRANT between TO somebody": (
        "between is a member of rds_replication; somebody is a member of rds_replication"
    ),
    "ALTER ROLE somebody CREATEROLE BYPASSRLS": "somebody has BYPASSRLS; somebody has CREATEROLE",
}


@pytest.fixture
def app(database: Database) -> Iterator[Database]:
    converge(database, GROUPS)
    make_tables(database)
    converge(database, GROUPS)
    with database.superuser() as superuser:
        superuser.execute("CREATE ROLE somebody LOGIN")
        superuser.execute("CREATE ROLE rdstopmgr LOGIN")
    yield database


def wrong(database: Database, wanted: AccessSpec = GROUPS) -> list[str]:
    with session(database, "lambda_writer") as connection:
        rows = asked(connection, "foo", "bar", "ops", roles=tuple(spec_roles(wanted)))["beyond"]
    lines = Everybody(Meaning(wanted, "app"), rows, frozenset({MASTER})).lines()
    return [line.measured.reason for line in lines if not line.holds]


def test_nothing_is_wrong_that_the_engine_has_made(app: Database) -> None:
    assert wrong(app) == []


@pytest.mark.parametrize("statements", CASES)
def test_what_somebody_has_given_by_hand_is_named(app: Database, statements: str) -> None:
    with app.superuser() as superuser:
        superuser.execute(statements.encode())
    assert wrong(app) == [CASES[statements]]


def test_what_an_extension_has_given_itself_is_not_told(app: Database) -> None:
    with app.superuser() as superuser:
        superuser.execute("CREATE EXTENSION pgstattuple SCHEMA foo")
        assert wrong(app) == []
        superuser.execute("GRANT EXECUTE ON FUNCTION foo.pgstattuple(text) TO somebody")
    assert wrong(app) == ["somebody has EXECUTE on function foo.pgstattuple"]


def test_who_is_acknowledged_is_not_told(app: Database) -> None:
    with app.superuser() as superuser:
        superuser.execute(b"GRANT SELECT ON foo.event TO somebody; ALTER ROLE somebody BYPASSRLS")
    known = spec(groups=GROUPS.as_properties()["groups"], acknowledged=[{"username": "somebody", "reason": "on call"}])
    assert wrong(app, known) == []


def test_of_a_schema_that_keeps_its_owner_it_is_told_whose_it_is_only_where_that_is_nobody_of_the_specs(
    app: Database,
) -> None:
    schemas = [
        {"name": "foo", "owner": "keep"},
        {"name": "bar", "owner": "app_owner"},
        {"name": "ops", "owner": "app_owner"},
    ]
    users = [{"username": "lambda_writer", "databases": ["app"]}]
    kept = AccessSpec.parse({"databases": [{"name": "app", "schemas": schemas}], "users": users})
    for name, told in {"pg_database_owner": [], MASTER: [], "lambda_writer": [], "somebody": ["schema foo"]}.items():
        with app.superuser() as superuser:
            superuser.execute(f"ALTER SCHEMA foo OWNER TO {name}; ALTER TABLE foo.event OWNER TO {MASTER}".encode())
        assert owners(app, kept) == [f"{what} belongs to {name}" for what in told]
    with app.superuser() as superuser:
        superuser.execute(b"ALTER SCHEMA bar OWNER TO lambda_writer")
    assert "schema bar belongs to lambda_writer" in owners(app, kept)[0]


def owners(database: Database, wanted: AccessSpec) -> list[str]:
    return [sentence for sentence in wrong(database, wanted) if " belongs to " in sentence]
