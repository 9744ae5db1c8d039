"""A file that is about some users only takes nothing from the others."""

import json
from pathlib import Path

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, make_tables, run, spec

ONE_USER = {"username": "analyst", "auth_method": "iam", "databases": ["app"], "privileges": ["CONNECT"]}


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    return database


def of_others(database: Database) -> set[tuple[object, ...]]:
    """Roles, and who may do what with relations, schemas and the database, but for the analyst."""
    return set(
        run(
            database,
            "rdsadmin",
            """
            WITH held (what, acl) AS (
                SELECT relname::text, relacl FROM pg_class WHERE relnamespace > 16383
                UNION ALL SELECT nspname::text, nspacl FROM pg_namespace
                UNION ALL SELECT datname::text, datacl FROM pg_database
            )
            SELECT what, grantee::regrole::text AS who, privilege_type FROM held, aclexplode(acl)
                WHERE grantee::regrole::text <> 'analyst'
            UNION ALL SELECT 'role', rolname, rolcanlogin::text FROM pg_roles WHERE rolname <> 'analyst'
            UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text FROM pg_auth_members
                WHERE 'analyst' NOT IN (roleid::regrole::text, member::regrole::text)
            """,
        )
    )


@pytest.mark.parametrize(
    "document", [ONE_USER, {"users": [ONE_USER]}, {"users": [ONE_USER], "groups": [{"name": "g"}]}]
)
def test_a_user_file_retires_nobody(ready: Database, tmp_path: Path, document: dict[str, object]) -> None:
    file = tmp_path / "users.json"
    file.write_text(json.dumps(document))
    wanted = AccessSpec.load(file)
    with ready.connect("lambda_writer") as session:
        converge(ready, wanted)
        assert session.execute("SELECT 1").fetchone() == (1,)
    assert run(ready, "analyst", "SELECT 1") == [(1,)]
    assert converge(ready, wanted).changes == 0
    assert converge(ready, SAMPLE).changes > 0  # a whole spec does
    assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'analyst'") == [(False,)]


def test_an_additive_spec_leaves_the_rights_of_others_and_says_all_of_its_own(ready: Database) -> None:
    before = of_others(ready)
    grants = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
    document = {**SAMPLE.as_properties(), "users": [{**ONE_USER, "grants": grants}], "additive": True}
    converge(ready, AccessSpec.parse(document))
    assert run(ready, "analyst", "SELECT count(*) FROM foo.event") == [(0,)]
    assert of_others(ready) == before
    converge(ready, AccessSpec.parse({**document, "users": [ONE_USER]}))
    assert run(ready, "rdsadmin", "SELECT has_table_privilege('analyst', 'foo.event', 'SELECT')") == [(False,)]


def test_additive_is_said_in_the_properties_and_not_the_default() -> None:
    assert spec(additive=True).as_properties()["additive"] is True
    assert "additive" not in SAMPLE.as_properties()
