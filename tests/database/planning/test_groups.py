"""Groups: members have their rights through any chain, with the options that the spec gives, and only while the spec
says so."""

from typing import Any

import pytest

from db_access.errors import PlanError, SpecError
from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, major, make_tables, run, spec
from tests.spec_problems import bare

READ, WRITE = "SELECT * FROM foo.event", "INSERT INTO foo.event (name) VALUES ('x')"
READERS = {
    "name": "readers",
    "description": "read",
    "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
}
STAFF = {
    "name": "staff",
    "groups": ["readers"],
    "grants": [{"database": "app", "schemas": ["foo"], "access": "append_only"}],
}


def grouped(*groups: dict[str, Any], **user: Any) -> AccessSpec:
    """The sample, these groups and a user `u`."""
    users = SAMPLE.as_properties()["users"]
    return spec(groups=list(groups), users=[*users, {"username": "u", **user}])


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    return database


def options(database: Database) -> bool:
    return major(database) >= 16


def test_a_member_has_the_rights_of_its_groups_through_a_chain(ready: Database) -> None:
    converge(ready, grouped(READERS, STAFF, groups=["staff"]))
    assert allowed(ready, "u", READ) and allowed(ready, "u", WRITE)
    assert not allowed(ready, "u", "DELETE FROM foo.event")
    assert run(ready, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname IN ('readers', 'staff')") == [
        (False,),
        (False,),
    ]


def test_a_second_run_with_groups_does_nothing(ready: Database) -> None:
    wanted = grouped(READERS, STAFF, groups=["staff", {"name": "readers", "admin": True}])
    converge(ready, wanted)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        assert converge(ready, wanted).changes == 0
        assert fingerprint(connection) == before


def test_a_group_may_connect_for_its_members(ready: Database) -> None:
    converge(
        ready,
        grouped({"name": "readers", "databases": ["app"], "privileges": ["CONNECT", "TEMPORARY"]}, groups=["readers"]),
    )
    assert allowed(ready, "u", "CREATE TEMPORARY TABLE mine ()")


def test_a_membership_that_the_spec_no_longer_gives_ends(ready: Database) -> None:
    converge(ready, grouped(READERS, STAFF, groups=["staff"]))
    converge(ready, grouped(READERS, STAFF, groups=["readers"]))
    assert allowed(ready, "u", READ) and not allowed(ready, "u", WRITE)
    converge(ready, grouped(databases=["app"]))
    assert not allowed(ready, "u", READ)
    assert run(
        ready, "rdsadmin", "SELECT count(*) FROM pg_class, aclexplode(relacl) WHERE grantee = 'readers'::regrole"
    ) == [(0,)]


def test_going_to_groups_and_back_restores_every_grant(ready: Database) -> None:
    converge(ready, grouped(READERS, STAFF))
    with ready.superuser() as connection:
        before = fingerprint(connection)
        converge(ready, grouped(READERS, {**STAFF, "groups": []}, groups=["staff", "readers"]))
        assert fingerprint(connection) != before
        converge(ready, grouped(READERS, STAFF))
        assert fingerprint(connection) == before


@pytest.mark.parametrize(
    ("entry", "inherits", "sets", "admin"),
    [
        ({"name": "readers"}, True, True, False),
        ({"name": "readers", "inherit": False}, False, True, False),
        ({"name": "readers", "set": False}, True, False, False),
        ({"name": "readers", "inherit": False, "set": False, "admin": True}, False, False, True),
        ({"name": "readers", "admin": True}, True, True, True),
    ],
)
def test_each_membership_option_is_what_the_spec_says_or_refused_where_postgresql_has_none(
    ready: Database, entry: dict[str, Any], inherits: bool, sets: bool, admin: bool
) -> None:
    wanted = grouped(READERS, databases=["app"], groups=[entry])
    if not options(ready) and not (inherits and sets):
        with pytest.raises(
            PlanError,
            match=r"membership of 'u' in 'readers' asks for `(set|inherit): false`; allowed before PostgreSQL 16: "
            r"admin only",
        ):
            converge(ready, wanted)
        return
    converge(ready, wanted)
    assert allowed(ready, "u", READ) is inherits
    assert allowed(ready, "u", "SET ROLE readers") is sets
    assert allowed(ready, "u", "GRANT readers TO lambda_writer") is admin
    run(ready, "rdsadmin", "REVOKE readers FROM lambda_writer" + (" GRANTED BY u" if options(ready) and admin else ""))
    assert converge(ready, wanted).changes == 0
    for other in ({"name": "readers"}, entry):
        converge(ready, grouped(READERS, databases=["app"], groups=[other]))
    assert (allowed(ready, "u", READ), allowed(ready, "u", "SET ROLE readers")) == (inherits, sets)


@pytest.mark.parametrize(
    "drift",
    [
        "REVOKE readers FROM u",
        "REVOKE readers FROM staff",
        "GRANT readers TO u WITH ADMIN OPTION",
        "REVOKE SELECT ON foo.event FROM readers",
        "GRANT DELETE ON foo.event TO readers",
        "ALTER ROLE staff LOGIN",
        "GRANT staff TO lambda_writer",
        "ALTER ROLE staff NOINHERIT",
    ],
)
def test_drift_in_groups_is_put_right(ready: Database, drift: str) -> None:
    wanted = grouped(READERS, STAFF, groups=["staff", "readers"])
    converge(ready, wanted)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, "migrator" if " ON " in drift else "master", drift)
        assert fingerprint(connection) != before
        assert converge(ready, wanted).changes > 0
        assert fingerprint(connection) == before


@pytest.mark.parametrize(
    ("drift", "violation"),
    [
        (
            "GRANT DELETE ON foo.event TO readers",
            "'u' can DELETE on table foo.event, through membership in readers, though",
        ),
        ("REVOKE SELECT ON foo.event FROM readers", "'u' can't SELECT on table foo.event, though the spec gives it"),
        ("REVOKE staff FROM u GRANTED BY master", "'u' can't INSERT, SELECT on table foo.event, though"),
    ],
)
def test_the_proof_sees_what_goes_through_groups(ready: Database, drift: str, violation: str) -> None:
    wanted = grouped(READERS, STAFF, groups=["staff"])
    converge(ready, wanted)
    with ready.superuser() as connection:
        expected = desired(wanted, "app", master="master")
        assert proof.sentences(connection, proof.ask(connection, expected).read()) == []
        connection.execute(drift)
        found = proof.sentences(connection, proof.ask(connection, expected).read())
    assert any(sentence.startswith(violation) for sentence in found), found


def test_a_migrator_may_be_in_a_group_where_memberships_have_options(ready: Database) -> None:
    users = SAMPLE.as_properties()["users"]
    wanted = spec(groups=[READERS], users=[{**users[0], "groups": ["readers"]}, *users[1:]])
    if options(ready):
        converge(ready, wanted)
        assert converge(ready, wanted).changes == 0
        assert run(ready, "rdsadmin", "SELECT has_table_privilege('migrator', 'foo.event', 'SELECT')") == [(True,)]
        return
    with pytest.raises(
        PlanError,
        match=r"`inherit: true` \(with `access: owner` 'migrator' inherits from nobody\); allowed before PostgreSQL 16",
    ):
        converge(ready, wanted)


@pytest.mark.parametrize(
    ("groups", "user", "says"),
    [
        (
            [],
            {"groups": ["readers"]},
            "users[2].groups[0]: no group is named 'readers'; allowed: none, nothing is declared",
        ),
        (
            [READERS],
            {"groups": [{"name": "reader"}]},
            "users[2].groups[0].name: no group is named 'reader'; did you mean 'readers'?",
        ),
        (
            [READERS],
            {"groups": ["readers", {"name": "readers"}]},
            "users[2].groups[1].name: 'readers' is listed twice; allowed: once",
        ),
        ([{"name": "u"}], {}, "groups[0].name: 'u' is also a user, at users[2].username"),
        ([{"name": "U"}], {}, "groups[0].name: 'U' differs only in case from the user 'u'"),
        ([{"name": "app_owner"}], {}, "groups[0].name: 'app_owner' also owns or creates in a schema"),
        ([READERS, READERS], {}, "groups[1].name: 'readers' is already declared, at groups[0]"),
        ([{"name": "a", "groups": ["a"]}], {}, "groups: 'a' in 'a' is a cycle"),
        (
            [{"name": "a", "groups": ["b"]}, {"name": "b", "groups": ["c"]}, {"name": "c", "groups": ["b", "a"]}],
            {},
            "groups: 'a' in 'b' in 'c' in 'a' is a cycle",
        ),
        ([{"name": "pg_monitor"}], {"groups": ["pg_monitor"]}, "groups[0].name: 'pg_monitor' is reserved"),
        (
            [{"name": "a", "grants": [{"database": "app", "schemas": ["foo"], "access": "owner"}]}],
            {},
            "groups[0].grants[0].access: 'owner' is not allowed for groups",
        ),
        (
            [{"name": "a", "grants": [{"database": "x", "schemas": ["foo"], "access": "read_only"}]}],
            {},
            "groups[0].grants[0].database: no database is named 'x'",
        ),
        ([{"name": "a", "databases": ["x"]}], {}, "groups[0].databases[0]: no database is named 'x'"),
        (
            [READERS],
            {"groups": [{"name": "readers", "inherits": False}]},
            "users[2].groups[0].inherits: unknown field; did you mean 'inherit'?",
        ),
    ],
)
def test_wrong_groups_are_refused_with_place_and_cause(
    groups: list[dict[str, Any]], user: dict[str, Any], says: str
) -> None:
    with pytest.raises(SpecError) as refused:
        grouped(*groups, **user)
    assert any(problem.startswith(says) for problem in bare(refused.value)), refused.value.problems


def test_groups_survive_the_way_through_properties() -> None:
    wanted = grouped(READERS, STAFF, groups=["staff", {"name": "readers", "inherit": False}])
    assert AccessSpec.parse(wanted.as_properties()) == wanted
