"""Sessions of a user with `access: owner` act as the owner: what the spec gives such a user on the database, they can
do. Tried as the migrator does it, which logs in and creates."""

from typing import Any

import psycopg
import pytest

from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, run, spec

NEEDS = {
    "a schema, there or not": ("CREATE", "CREATE SCHEMA IF NOT EXISTS foo"),
    "a schema of its own": ("CREATE", "CREATE SCHEMA tool"),
    "a trusted extension": ("CREATE", "CREATE EXTENSION citext SCHEMA foo"),
    "a temporary table": ("TEMPORARY", "CREATE TEMPORARY TABLE mine ()"),
}
OWNS = {"database": "app", "schemas": ["foo", "bar", "ops"], "access": "owner"}


def migrating(*privileges: str, **of_grant: Any) -> AccessSpec:
    migrator, *others = SAMPLE.as_properties()["users"]
    return spec(users=[{**migrator, "privileges": list(privileges), "grants": [{**OWNS, **of_grant}]}, *others])


@pytest.mark.parametrize("grants", ["direct", "through_groups"])
@pytest.mark.parametrize("need", NEEDS)
def test_a_user_that_acts_as_an_owner_can_do_what_it_is_given_on_the_database(
    database: Database, need: str, grants: str
) -> None:
    privilege, statement = NEEDS[need]
    wanted = migrating("CONNECT", privilege)
    wanted = spec(
        databases=[{**SAMPLE.as_properties()["databases"][0], "grants": grants}], users=wanted.as_properties()["users"]
    )
    converge(database, wanted)
    assert allowed(database, "migrator", statement)
    assert converge(database, wanted).changes == 0


@pytest.mark.parametrize("need", NEEDS)
def test_it_can_do_so_by_the_grants_own_list_too(database: Database, need: str) -> None:
    privilege, statement = NEEDS[need]
    converge(database, migrating("CONNECT", database_privileges=[privilege]))
    assert allowed(database, "migrator", statement)


@pytest.mark.parametrize("need", NEEDS)
def test_without_the_privilege_it_can_not_and_loses_it_again(database: Database, need: str) -> None:
    privilege, statement = NEEDS[need]
    converge(database, SAMPLE)
    with database.superuser() as connection:
        before = fingerprint(connection)
        assert not allowed(database, "migrator", statement)
        converge(database, migrating("CONNECT", privilege))
        converge(database, SAMPLE)
        assert not allowed(database, "migrator", statement)
        assert fingerprint(connection) == before


def test_the_login_itself_holds_no_more_than_connect(database: Database) -> None:
    converge(database, migrating("CONNECT", "CREATE", "TEMPORARY"))
    held = "SELECT has_database_privilege('migrator', 'app', privilege) FROM unnest(%s::text[]) AS privilege"
    with database.superuser() as connection:
        assert connection.execute(held, [["CONNECT", "CREATE", "TEMPORARY"]]).fetchall() == [
            (True,),
            (False,),
            (False,),
        ]
    with database.connect("migrator") as connection:
        connection.execute("SET ROLE NONE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE SCHEMA mine")


def test_a_user_acts_as_another_owner_in_each_database_and_as_itself_elsewhere(database: Database) -> None:
    databases = [
        SAMPLE.as_properties()["databases"][0],
        {"name": "other", "schemas": [{"name": "foo", "owner": "other_owner"}]},
    ]
    user = {"username": "u", "databases": ["other"], "privileges": ["CONNECT", "CREATE"]}
    here, there = ({"database": name, "schemas": ["foo"], "access": "owner"} for name in ("app", "other"))
    both = spec(databases=databases, users=[{**user, "grants": [here, there]}])
    one = spec(databases=databases, users=[{**user, "grants": [here]}])
    assert _on_database(both, "app") == {"u": "CONNECT", "app_owner": "CREATE"}
    assert _on_database(both, "other") == {"u": "CONNECT", "other_owner": "CREATE"}
    assert _on_database(one, "other") == {"u": "CONNECT CREATE"}


def _on_database(wanted: AccessSpec, name: str) -> dict[str, str]:
    acl = desired(wanted, name, master="master").objects[0].acl
    return {who: " ".join(sorted(privileges)) for who, privileges in acl.items() if privileges}


@pytest.mark.parametrize(("privilege", "verbs"), [("CREATE", ("can", "can't")), ("TEMPORARY", ("has", "lacks"))])
def test_the_proof_asks_as_the_owner(database: Database, privilege: str, verbs: tuple[str, str]) -> None:
    has, lacks = verbs
    wanted = migrating("CONNECT", privilege)
    converge(database, wanted)
    run(database, "rdsadmin", f"REVOKE {privilege} ON DATABASE app FROM app_owner")
    with database.superuser() as connection:
        found = proof.sentences(connection, proof.ask(connection, desired(wanted, "app", master="master")).read())
    assert found == [f"'app_owner' {lacks} {privilege} on database app, though the spec gives it"]
    run(database, "rdsadmin", f"GRANT {privilege} ON DATABASE app TO migrator, app_owner")
    with database.superuser() as connection:
        found = proof.sentences(connection, proof.ask(connection, desired(wanted, "app", master="master")).read())
    assert found == [
        f"'migrator' {has} {privilege} on database app, through a grant to the user, though the spec doesn't give it"
    ]
