"""Who owns a schema, or creates in it, may change: what the former ones would have given to others ends with them."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge, run, spec


def made_by(owner: str, *creators: str) -> AccessSpec:
    schema: dict[str, Any] = {"name": "foo", "owner": owner, "creators": list(creators)}
    grants = [{"database": "app", "schemas": ["foo"], "access": "read_write"}]
    return spec(databases=[{"name": "app", "schemas": [schema]}], users=[{"username": "u", "grants": grants}])


CHANGES = {
    "another owner": (made_by("a"), made_by("b")),
    "another owner, the former one creates": (made_by("a"), made_by("b", "a")),
    "a creator becomes the owner": (made_by("a", "b"), made_by("b")),
    "a creator less": (made_by("a", "b"), made_by("a")),
    "another creator": (made_by("a", "b"), made_by("a", "c")),
    "everybody else": (made_by("a", "b"), made_by("c", "d")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_schemas_makers_can_change_and_change_back(database: Database, change: str) -> None:
    before, after = CHANGES[change]
    converge(database, before)
    run(database, "rdsadmin", "CREATE TABLE foo.t (id int)", "ALTER TABLE foo.t OWNER TO a")
    for wanted in (after, before, after):
        converge(database, wanted)
        assert converge(database, wanted).changes == 0
    owner = after.databases[0].schemas[0].owner
    assert run(database, "rdsadmin", "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'foo'") == [
        (owner,)
    ]
    makers = {owner, *after.databases[0].schemas[0].creators, "master"}
    found = run(
        database,
        "rdsadmin",
        "SELECT DISTINCT defaclrole::regrole::text FROM pg_default_acl, aclexplode(defaclacl) WHERE grantee = 'u'::regrole",
    )
    assert {name for (name,) in found} == makers
