"""What a user of ours has passed on goes with its own right to do so, whoever has it, and is named."""

import pytest

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, connect_as_master, converge, major, make_tables, run, spec

GRANTS = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
GROUPS = [{"name": "team", "grants": GRANTS}]


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE other", "CREATE ROLE another")
    return database


def may(database: Database, user: str, privilege: str) -> bool:
    query = f"SELECT has_table_privilege('{user}', 'foo.event', '{privilege}')"
    return bool(run(database, "rdsadmin", query)[0][0])


@pytest.mark.parametrize("privilege", ["INSERT", "SELECT"])
def test_what_a_user_has_from_the_master_and_passed_on_goes_too(ready: Database, privilege: str) -> None:
    run(
        ready,
        "rdsadmin",
        f"GRANT {privilege} ON foo.event TO master WITH GRANT OPTION",
        f"SET ROLE master; GRANT {privilege} ON foo.event TO lambda_writer WITH GRANT OPTION",
        f"SET ROLE lambda_writer; GRANT {privilege} ON foo.event TO other",
    )
    done = converge(ready)
    assert not may(ready, "other", privilege)
    assert any(f"with it goes what was passed on: {privilege} of 'other'" in change.reason for change in done.plan)
    assert converge(ready).changes == 0


@pytest.mark.parametrize("privilege", ["INSERT", "SELECT"])
def test_what_a_user_passed_on_goes_with_its_grant_option_by_any_chain(ready: Database, privilege: str) -> None:
    run(
        ready,
        "rdsadmin",
        "GRANT USAGE ON SCHEMA foo TO other",
        f"GRANT {privilege} ON foo.event TO lambda_writer WITH GRANT OPTION",
        f"SET ROLE lambda_writer; GRANT {privilege} ON foo.event TO other WITH GRANT OPTION",
        f"SET ROLE other; GRANT {privilege} ON foo.event TO another; GRANT {privilege} ON foo.event TO PUBLIC",
    )
    done = converge(ready)
    (revoke,) = done.plan
    assert (
        f"with it goes what was passed on: {privilege} of PUBLIC, {privilege} of 'another', {privilege} of 'other'"
        in (revoke.reason)
    )
    assert may(ready, "lambda_writer", privilege) is (privilege == "INSERT")
    assert not may(ready, "other", privilege) and not may(ready, "another", privilege)
    assert converge(ready).changes == 0


def test_a_columns_right_that_was_passed_on_goes_too(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "GRANT SELECT (name) ON foo.event TO lambda_writer WITH GRANT OPTION",
        "SET ROLE lambda_writer; GRANT SELECT (name) ON foo.event TO other",
    )
    assert converge(ready).changes == 1
    query = "SELECT has_column_privilege('other', 'foo.event', 'name', 'SELECT')"
    assert run(ready, "rdsadmin", query) == [(False,)]


def test_who_should_have_it_gets_it_from_the_owner(ready: Database) -> None:
    """lambda_writer's INSERT came by another user, whose grant option ends in the same run."""
    wanted = spec(users=[*SAMPLE.as_properties()["users"], {"username": "u", "grants": GRANTS}])
    converge(ready, wanted)
    run(
        ready,
        "rdsadmin",
        "REVOKE INSERT ON foo.event FROM lambda_writer",
        "GRANT INSERT ON foo.event TO u WITH GRANT OPTION",
        "SET ROLE u; GRANT INSERT ON foo.event TO lambda_writer",
    )
    converge(ready, wanted)
    assert may(ready, "lambda_writer", "INSERT") and not may(ready, "u", "INSERT")
    assert converge(ready, wanted).changes == 0


def team(*members: tuple[str, bool]) -> AccessSpec:
    users = [{"username": name, "groups": [{"name": "team", "admin": admin}]} for name, admin in members]
    return spec(groups=GROUPS, users=[*SAMPLE.as_properties()["users"], *users])


def in_team(database: Database, name: str) -> bool:
    return bool(run(database, "rdsadmin", f"SELECT pg_has_role('{name}', 'team', 'MEMBER')")[0][0])


def test_a_membership_that_a_user_gave_is_taken_from_ours_and_left_to_others(ready: Database) -> None:
    wanted = team(("lead", True))
    converge(ready, wanted)
    run(ready, "lead", "GRANT team TO lambda_writer", "GRANT team TO other")
    converge(ready, wanted)
    assert (in_team(ready, "lambda_writer"), in_team(ready, "other"), in_team(ready, "lead")) == (False, True, True)
    assert converge(ready, wanted).changes == 0
    assert reconcile.prove(connect_as_master(ready), wanted, "app").violations == ()


def test_a_membership_that_a_user_gave_and_the_spec_gives_too_stays(ready: Database) -> None:
    converge(ready, team(("lead", True), ("u", False)))
    run(ready, "lead", "GRANT team TO u")
    assert converge(ready, team(("lead", True), ("u", False))).changes == 0
    converge(ready, team(("lead", False), ("u", False)))
    assert in_team(ready, "u")
    assert converge(ready, team(("lead", False), ("u", False))).changes == 0


@pytest.mark.parametrize("after", [team(("lead", False)), team()], ids=["may not pass it on", "leaves"])
def test_who_may_pass_a_membership_on_no_longer_takes_along_what_it_gave(ready: Database, after: AccessSpec) -> None:
    converge(ready, team(("lead", True)))
    run(ready, "lead", "GRANT team TO other")
    done = converge(ready, after)
    if major(ready) >= 16:
        assert any("with it goes what was passed on, to 'other'" in change.reason for change in done.plan)
        assert not in_team(ready, "other")
    assert converge(ready, after).changes == 0
