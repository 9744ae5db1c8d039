"""What the master lacks the authority for is found before anything runs, with the statement that puts it right."""

import re
from typing import Any

import pytest

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.engine import (
    SAMPLE,
    connect_as_master,
    converge,
    fingerprint,
    make_tables,
    remove,
    run,
    spec,
    with_user,
)

MARK = "[managed by keyless-aurora]"
BOSS = "the Boss"
LEAVER = "leaver"
STRANGER = f"COMMENT ON ROLE stranger IS 'x {MARK}'"
ADOPTING = with_user(username="stranger", adopt=True)
DECLARING = with_user(username="stranger")
APP = SAMPLE.as_properties()["databases"][0]
OWNED = spec(databases=[{**APP, "schemas": [*APP["schemas"], {"name": "theirs", "owner": "stranger"}]}])


def by_hand(database: Database, *statements: str) -> None:
    """As a superuser, before the engine has done anything about it."""
    run(database, "rdsadmin", *statements)


def since_16(database: Database) -> bool:
    with database.connect() as connection:
        return connection.info.server_version >= 160000


OWNERS = {
    "the database": (f'ALTER DATABASE app OWNER TO "{BOSS}"', f"database 'app' belongs to '{BOSS}'"),
    "schema public": (f'ALTER SCHEMA public OWNER TO "{BOSS}"', f"schema 'public' belongs to '{BOSS}'"),
}
ATTRIBUTES = {
    attribute: (f"ALTER ROLE lambda_writer {attribute}", f"role 'lambda_writer' has {attribute}")
    for attribute in ("SUPERUSER", "REPLICATION", "BYPASSRLS", "SUPERUSER BYPASSRLS")
}
GROUPS = {
    "a superuser as a group": (f'ALTER ROLE "{BOSS}" SUPERUSER', f'GRANT "{BOSS}" TO lambda_writer'),
    "two of its members": (f'ALTER ROLE "{BOSS}" SUPERUSER', f'GRANT "{BOSS}" TO lambda_writer, migrator'),
}
ROLES: dict[str, tuple[AccessSpec, tuple[str, ...]]] = {
    "declared": (DECLARING, (STRANGER,)),
    "adopted": (ADOPTING, ()),
    "retired": (SAMPLE, (STRANGER, "GRANT SELECT ON foo.event TO stranger")),
    "an owner": (OWNED, (STRANGER,)),
}


def refused(database: Database, wanted: AccessSpec, says: str) -> str:
    """What a run and a proof say alike, before anything is changed."""
    with database.superuser() as connection:
        before = fingerprint(connection)
    with pytest.raises(PlanError) as caught:
        converge(database, wanted)
    with database.superuser() as connection:
        assert fingerprint(connection) == before
    (problem,) = caught.value.problems
    assert says in problem
    assert reconcile.prove(connect_as_master(database), wanted, database.name).conflicts == (problem,)
    return problem


def solved(database: Database, wanted: AccessSpec, problem: str) -> None:
    """By what the problem says, run as whom it says."""
    found = re.search(r"allowed: as a superuser.*? ((?:ALTER|GRANT|REVOKE) .*), then run again", problem)
    assert found
    run(database, "rdsadmin", *found[1].split("; "))
    converge(database, wanted)
    assert converge(database, wanted).changes == 0


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    by_hand(database, f'CREATE ROLE "{BOSS}"')
    return database


@pytest.mark.parametrize("what", OWNERS)
def test_what_belongs_to_somebody_else_is_named_with_its_owner(ready: Database, what: str) -> None:
    statement, says = OWNERS[what]
    by_hand(ready, statement, "GRANT USAGE ON SCHEMA public TO PUBLIC")
    if what == "schema public":
        left_and_named(ready)
        return
    by_hand(ready, "GRANT CONNECT ON DATABASE app TO PUBLIC")
    with pytest.raises(PlanError) as caught:  # whoever owns the database, owns its schema public
        converge(ready)
    assert [says in problem for problem in caught.value.problems] == [True, False]
    assert all(f'ALTER DATABASE "app" OWNER TO "{MASTER}"' in problem for problem in caught.value.problems)
    solved(ready, SAMPLE, caught.value.problems[0])


def test_a_first_run_in_a_database_of_somebody_else_is_told_all_at_once(database: Database) -> None:
    by_hand(database, f'CREATE ROLE "{BOSS}"', f'ALTER DATABASE app OWNER TO "{BOSS}"')
    with pytest.raises(PlanError, match="take CONNECT, TEMPORARY from PUBLIC") as caught:
        converge(database)
    assert "make schema 'bar', 'foo', 'ops'" in str(caught.value)
    by_hand(database, f"ALTER DATABASE app OWNER TO {MASTER}")
    converge(database)


def test_a_database_of_somebody_else_is_no_conflict_where_nothing_is_to_do_with_it(ready: Database) -> None:
    by_hand(ready, f'ALTER DATABASE app OWNER TO "{BOSS}"', f"GRANT CONNECT ON DATABASE app TO {MASTER}")
    assert converge(ready).changes == 0


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_that_only_a_superuser_can_take_is_named(ready: Database, attribute: str) -> None:
    statement, _ = ATTRIBUTES[attribute]
    by_hand(ready, statement)
    solved(ready, SAMPLE, refused(ready, SAMPLE, "role 'lambda_writer' has "))


@pytest.mark.parametrize("attribute", ["CREATEDB", "CREATEROLE"])
def test_an_attribute_that_the_master_has_is_taken(ready: Database, attribute: str) -> None:
    by_hand(ready, f"ALTER ROLE lambda_writer {attribute}")
    converge(ready)
    assert converge(ready).changes == 0


@pytest.mark.parametrize("group", GROUPS)
def test_a_membership_that_only_another_role_can_take_back_is_named(ready: Database, group: str) -> None:
    """From 16 on it has a grantor, and a run leaves it; before, only a superuser can."""
    by_hand(ready, *GROUPS[group])
    if not since_16(ready):
        solved(ready, SAMPLE, refused(ready, SAMPLE, f"would lose the membership in '{BOSS}'"))
        return
    left_and_named(ready)
    by_hand(ready, f'REVOKE "{BOSS}" FROM lambda_writer, migrator')
    assert converge(ready).changes == 0


def left_and_named(database: Database) -> None:
    """It stops nothing else, and the proof tells it."""
    converge(database)
    found = reconcile.prove(connect_as_master(database), SAMPLE, database.name)
    assert BOSS in str(found.left) and not (found.plan or found.conflicts)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_is_not_the_masters_is_named_with_the_way_to_make_it_so(ready: Database, role: str) -> None:
    """Before PostgreSQL 16 CREATEROLE is enough, so after an upgrade such roles are there."""
    wanted, statements = ROLES[role]
    by_hand(ready, "CREATE ROLE stranger LOGIN CONNECTION LIMIT 7", *statements)
    if not since_16(ready):
        converge(ready, wanted)
        return
    solved(ready, wanted, refused(ready, wanted, "role 'stranger' is not the master's to change"))


def test_a_plain_group_of_somebody_else_is_named_where_createrole_is_not_enough(ready: Database) -> None:
    by_hand(ready, f'GRANT "{BOSS}" TO lambda_writer')
    if since_16(ready):
        left_and_named(ready)
        by_hand(ready, f'REVOKE "{BOSS}" FROM lambda_writer')
    converge(ready)
    assert converge(ready).changes == 0


def test_a_leaver_who_has_been_made_a_superuser_does_not_stay_unseen(ready: Database) -> None:
    by_hand(ready, "ALTER ROLE lambda_writer SUPERUSER")
    less = spec(users=[user for user in SAMPLE.as_properties()["users"] if user["username"] != "lambda_writer"])
    solved(ready, less, refused(ready, less, "role 'lambda_writer' is managed by 'keyless-aurora' and not in the spec"))
    assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lambda_writer'") == [(False,)]


@pytest.mark.parametrize("ending", ["update", "delete"])
def test_leavers_lose_their_login_whatever_the_master_lacks(ready: Database, ending: str) -> None:
    leaving: dict[str, Any] = {"username": LEAVER, "grants": []}
    converge(ready, with_user(**leaving))
    by_hand(ready, "CREATE ROLE stranger LOGIN", STRANGER, "ALTER ROLE migrator BYPASSRLS")
    with pytest.raises(PlanError, match=f"Ended all the same.*'{LEAVER}'"):
        converge(ready) if ending == "update" else remove(ready)
    login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = ANY('{leaver,lambda_writer}') ORDER BY rolname"
    assert run(ready, "rdsadmin", login) == [(ending == "update",), (False,)]


def test_a_superuser_as_the_master_lacks_nothing(database: Database) -> None:
    by_hand(
        database,
        f'CREATE ROLE "{BOSS}" LOGIN',
        f'ALTER DATABASE app OWNER TO "{BOSS}"',
        f"ALTER ROLE {MASTER} SUPERUSER",
    )
    by_hand(database, f'CREATE ROLE lambda_writer REPLICATION IN ROLE "{BOSS}"')
    by_hand(database, f"COMMENT ON ROLE lambda_writer IS 'x {MARK}'")
    converge(database)
    assert converge(database).changes == 0
