"""PostgreSQL's and RDS's own roles as groups: given and taken as the spec says, and the proof knows what they mean."""

from collections.abc import Sequence
from typing import Any

import pytest

from db_access.errors import PlanError
from db_access.postgresql import proof, reconcile
from db_access.postgresql.desired import desired
from db_access.spec import AccessSpec
from db_access.spec.model.predefined import ALLOWED
from tests.conftest import Database
from tests.database.engine import (
    SAMPLE,
    allowed,
    connect_as_master,
    converge,
    fingerprint,
    major,
    make_tables,
    remove,
    run,
    spec,
)

DATA = {
    "pg_read_all_data": ["TABLE foo.event", "SELECT last_value FROM foo.event_id_seq", "TABLE foo.names"],
    "pg_write_all_data": [
        "INSERT INTO foo.event (name) VALUES ('x')",
        "UPDATE foo.event SET name = 'y'",
        "DELETE FROM foo.event",
        "SELECT nextval('foo.event_id_seq')",
        "SELECT setval('foo.event_id_seq', 7)",
    ],
    "pg_maintain": ["REINDEX TABLE foo.event", "BEGIN; LOCK TABLE foo.event IN SHARE MODE; COMMIT"],
}
SEES = {"database": "app", "schemas": ["foo"], "schema_privileges": ["USAGE"]}
"""Which pg_maintain alone doesn't."""
NEVER = ["TRUNCATE foo.event", "SELECT foo.answer()", "CREATE TABLE foo.mine ()", "DROP TABLE foo.event"]


def wanted(*member_of: Any, grants: Sequence[Any] = (), **fields: Any) -> AccessSpec:
    """The sample and a user `u`."""
    user = {"username": "u", "databases": ["app"], "groups": list(member_of), "grants": list(grants)}
    return spec(users=[*SAMPLE.as_properties()["users"], user], **fields)


def has(database: Database, role: str) -> bool:
    return run(database, "rdsadmin", f"SELECT count(*) FROM pg_roles WHERE rolname = '{role}'") == [(1,)]


def members(database: Database, role: str) -> list[str]:
    query = f"SELECT member::regrole::text FROM pg_auth_members WHERE roleid = '{role}'::regrole AND member > 16383"
    return sorted({name for (name,) in run(database, "rdsadmin", query)} - {"rds_superuser", "master"})


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    run(database, "migrator", "CREATE VIEW foo.names AS SELECT name FROM foo.event")
    converge(database)
    return database


@pytest.mark.parametrize("role", ALLOWED)
def test_each_role_of_the_list_can_be_given_and_taken_where_the_server_has_it(ready: Database, role: str) -> None:
    since = ALLOWED[role]
    assert has(ready, role) is (since is None or since <= major(ready))
    if not has(ready, role):
        with pytest.raises(
            PlanError,
            match=f"'{role}' is to have 'u' as a member, and this server has no such role: PostgreSQL has it from version",
        ):
            converge(ready, wanted(role))
        return
    converge(ready, wanted())
    with ready.superuser() as connection:
        before = fingerprint(connection)
        preview = reconcile.preview(connect_as_master(ready), wanted(role), "app")
        assert preview.plan == converge(ready, wanted(role)).plan
        assert members(ready, role) == ["u"]
        assert converge(ready, wanted(role)).changes == 0
        converge(ready, wanted())
        assert members(ready, role) == []
        assert fingerprint(connection) == before, "no comment, no attribute of the role is touched"


@pytest.mark.parametrize("role", DATA)
@pytest.mark.parametrize("way", ["straight", "through a group"])
def test_members_can_do_what_it_means_and_the_proof_expects_just_that(ready: Database, role: str, way: str) -> None:
    if not has(ready, role):
        assert major(ready) < (ALLOWED[role] or 0)
        return
    group = {"name": "staff", "groups": [role]}
    sees = [SEES] if role == "pg_maintain" else []
    asked = wanted(role, grants=sees) if way == "straight" else wanted("staff", grants=sees, groups=[group])
    converge(ready, asked)
    assert converge(ready, asked).changes == 0
    for statement in DATA[role]:
        assert allowed(ready, "u", statement), statement
    for other in DATA.keys() - {role}:
        assert not allowed(ready, "u", DATA[other][0])
    for statement in NEVER:
        assert not allowed(ready, "u", statement), statement


def test_who_monitors_sees_statistics_and_settings_and_no_data(ready: Database) -> None:
    converge(ready, wanted("pg_monitor"))
    assert allowed(ready, "u", "SHOW data_directory") and not allowed(ready, "lambda_writer", "SHOW data_directory")
    assert not allowed(ready, "u", "TABLE foo.event")


def test_an_owner_may_be_a_member(ready: Database) -> None:
    owner = {"name": "app_owner", "groups": ["pg_monitor"]}
    converge(ready, spec(owners=[owner]))
    assert converge(ready, spec(owners=[owner])).changes == 0
    assert allowed(ready, "migrator", "SHOW data_directory")
    converge(ready)
    assert not allowed(ready, "migrator", "SHOW data_directory")


@pytest.mark.parametrize(
    ("drift", "violation"),
    [
        ("GRANT pg_write_all_data TO u", "'u' can DELETE, INSERT, UPDATE on table foo.event"),
        ("GRANT TRUNCATE ON foo.event TO u", "'u' can TRUNCATE on table foo.event, through a grant to the user"),
        ("GRANT SELECT ON foo.event TO u", None),
        ("GRANT CREATE ON SCHEMA foo TO u", "'u' can CREATE on schema foo, through a grant to the user"),
        ("REVOKE pg_read_all_data FROM u GRANTED BY rds_superuser", "'u' can't SELECT on table foo.event"),
    ],
)
def test_the_proof_sees_what_is_beyond_it_and_what_is_missing(
    ready: Database, drift: str, violation: str | None
) -> None:
    converge(ready, wanted("pg_read_all_data"))
    run(ready, "rdsadmin", drift if major(ready) >= 16 else drift.replace(" GRANTED BY rds_superuser", ""))
    with ready.superuser() as connection:
        expected = desired(wanted("pg_read_all_data"), "app", master="master")
        found = proof.sentences(connection, proof.ask(connection, expected).read())
    assert (found == []) if violation is None else any(each.startswith(violation) for each in found), found


@pytest.mark.parametrize("role", ["pg_monitor", "pg_read_all_data", "rds_replication"])
def test_one_that_was_given_by_hand_goes(ready: Database, role: str) -> None:
    converge(ready, wanted())
    run(ready, "master", f"GRANT {role} TO u")
    assert converge(ready, wanted()).changes > 0
    assert members(ready, role) == []


@pytest.mark.parametrize("role", ["pg_monitor", "pg_write_all_data"])
def test_a_retired_user_and_a_removed_spec_lose_it(ready: Database, role: str) -> None:
    converge(ready, wanted(role))
    converge(ready)
    assert members(ready, role) == []
    converge(ready, wanted(role))
    remove(ready)
    assert members(ready, role) == []


def test_with_additive_others_keep_theirs(ready: Database) -> None:
    converge(ready, wanted("pg_monitor"))
    one = {"username": "v", "databases": ["app"], "groups": ["pg_monitor"]}
    converge(ready, AccessSpec.parse(one))
    assert members(ready, "pg_monitor") == ["u", "v"], "a user file declares no such group, and takes none away"


@pytest.mark.parametrize("options", [{"inherit": False}, {"set": False}])
def test_options_are_what_the_spec_says_where_memberships_have_any(ready: Database, options: dict[str, bool]) -> None:
    asked = wanted({"name": "pg_read_all_data", **options})
    if major(ready) < 16:
        with pytest.raises(PlanError, match="membership of 'u' in 'pg_read_all_data' asks for"):
            converge(ready, asked)
        return
    converge(ready, asked)
    assert converge(ready, asked).changes == 0
    assert allowed(ready, "u", "TABLE foo.event") is options.get("inherit", True)
    assert allowed(ready, "u", "SET ROLE pg_read_all_data; TABLE foo.event") is options.get("set", True)


def test_a_master_without_the_option_is_told_what_to_run_and_nothing_changes(ready: Database) -> None:
    run(ready, "rdsadmin", "REVOKE rds_superuser FROM master")
    asked = wanted("pg_monitor", groups=[{"name": "g", "groups": ["pg_monitor", "pg_checkpoint"]}])
    if major(ready) < 16:
        assert converge(ready, asked).changes > 0
        return
    with ready.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(PlanError) as refused:
            converge(ready, asked)
        assert fingerprint(connection) == before
    assert set(refused.value.problems) == {
        f"{role!r} is to have {who} as a member, and the master 'master' lacks the ADMIN option on it; allowed: GRANT "
        f'{role} TO "master" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE, as a superuser or as whoever has the option, then '
        "run again"
        for role, who in (("pg_monitor", "'g', 'u'"), ("pg_checkpoint", "'g'"))
    }
    for role in ("pg_monitor", "pg_checkpoint"):
        run(ready, "rdsadmin", f"GRANT {role} TO master WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    converge(ready, asked)
    assert converge(ready, asked).changes == 0


@pytest.mark.parametrize("member", ["lambda_writer", "app_owner"])
def test_one_that_another_gave_is_named_where_it_alone_can_take_it_back(ready: Database, member: str) -> None:
    run(ready, "rdsadmin", f"GRANT pg_read_all_data TO {member}")
    warnings = converge(ready).warnings
    if major(ready) < 16:
        assert members(ready, "pg_read_all_data") == []
        return
    assert any(
        "only 'rdsadmin' can" in each and f'REVOKE "pg_read_all_data" FROM "{member}"' in each for each in warnings
    ), warnings
    run(ready, "rdsadmin", f"REVOKE pg_read_all_data FROM {member}")
    assert converge(ready).changes == 0
