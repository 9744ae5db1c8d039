"""Several specs on one cluster: each marks its roles with its own name, and takes over what it says and no more."""

from collections.abc import Callable
from typing import Any

import pytest

from db_access.errors import PlanError
from db_access.plan.changes import DescribeRole, EndLogin
from db_access.plan.render import as_json, as_markdown, as_text
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.reconcile import Summary
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, connect_as_master, converge, fingerprint, make_tables, remove, run, spec

ORDERS, BILLING = "KeylessAurora-dev-access", "KeylessAurora-billing-access"
OTHER_APP = AccessSpec.parse(
    {
        "version": 1,
        "databases": [{"name": "second", "schemas": [{"name": "foo", "owner": "second_owner"}]}],
        "users": [
            {"username": "biller", "grants": [{"database": "second", "schemas": ["foo"], "access": "read_write"}]}
        ],
    }
)
LEAVER = {"username": "leaver", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}
MARK = "SELECT rolname, substring(shobj_description(oid, 'pg_authid') FROM 'managed by ([^]]*)') FROM pg_roles"


@pytest.fixture
def older(database: Database) -> Database:
    """The sample as it was deployed before specs were named after their stacks, with one user more."""
    converge(database, spec(users=[*SAMPLE.as_properties()["users"], LEAVER]))
    make_tables(database)
    return database


def managers(database: Database) -> dict[str, str]:
    return {name: manager for name, manager in run(database, "rdsadmin", MARK) if manager is not None}


def named(managed_by: str = ORDERS, **changes: Any) -> AccessSpec:
    return spec(**changes).named(managed_by)


def planned(database: Database, wanted: AccessSpec) -> Summary:
    return reconcile.preview(connect_as_master(database), wanted, database.name)


def test_two_apps_on_one_cluster_leave_each_other_alone(database: Database) -> None:
    run(database, "master", "CREATE DATABASE second")
    second = Database(database.server, name="second")
    converge(database, SAMPLE.named(ORDERS))
    converge(second, OTHER_APP.named(BILLING))
    with database.connect("lambda_writer") as writer, second.connect("biller") as biller:
        assert converge(database, SAMPLE.named(ORDERS)).changes == 0
        assert converge(second, OTHER_APP.named(BILLING)).changes == 0
        converge(database, named(users=SAMPLE.as_properties()["users"][:1]))
        assert biller.execute("SELECT 1").fetchone() == (1,)
        remove(second, OTHER_APP.named(BILLING))
        assert run(database, "migrator", "SELECT 1") == [(1,)]
        del writer
    assert managers(database)["biller"] == BILLING
    assert managers(database)["lambda_writer"] == ORDERS


def test_a_deployment_that_was_named_otherwise_is_told_both_ways_and_nothing_changes(older: Database) -> None:
    with older.superuser() as connection, older.connect("leaver") as leaver:
        before = fingerprint(connection)
        with pytest.raises(PlanError) as refusal:
            converge(older, SAMPLE.named(ORDERS))
        assert leaver.execute("SELECT 1").fetchone() == (1,)
        assert fingerprint(connection) == before
    for way in (
        "`take_over: [keyless-aurora]` in the spec",
        "`managed_by: keyless-aurora` (--managed-by keyless-aurora)",
    ):
        assert all(way in problem for problem in refusal.value.problems), way
    assert len(refusal.value.problems) == 3


def test_a_spec_that_keeps_the_name_keeps_everything(older: Database) -> None:
    everything: dict[str, Any] = {"users": [*SAMPLE.as_properties()["users"], LEAVER]}
    kept = spec(managed_by="keyless-aurora", **everything).named(ORDERS)
    assert converge(older, kept).changes == 0


def test_what_a_spec_takes_over_is_marked_anew_and_nothing_else_changes(older: Database) -> None:
    everything: dict[str, Any] = {"users": [*SAMPLE.as_properties()["users"], LEAVER]}
    wanted = named(take_over=["keyless-aurora"], **everything)
    converge(older, spec(**everything))
    with older.connect("lambda_writer") as session:
        summary = converge(older, wanted)
        assert session.execute("SELECT 1").fetchone() == (1,)
    assert {type(change) for change in summary.plan} == {DescribeRole}
    assert {change.reason for change in summary.plan} == {"taken over from 'keyless-aurora', who has managed it"}
    assert set(managers(older).values()) == {ORDERS}
    assert converge(older, wanted).changes == 0
    assert converge(older, named(**everything)).changes == 0  # and it need not be said any more


def test_a_role_of_the_old_manager_that_is_not_declared_keeps_everything_and_is_named(older: Database) -> None:
    run(older, "rdsadmin", "CREATE ROLE gone", "COMMENT ON ROLE gone IS '[managed by keyless-aurora]'")
    run(older, "rdsadmin", "CREATE ROLE theirs LOGIN", "COMMENT ON ROLE theirs IS '[managed by another]'")
    wanted = named(take_over=["keyless-aurora"])
    with older.connect("leaver") as leaver:
        summary = converge(older, wanted)
        assert leaver.execute("SELECT count(*) FROM foo.event").fetchone() == (0,)
    assert managers(older)["leaver"] == "keyless-aurora"
    for found in (summary, planned(older, wanted)):
        (warning,) = [warning for warning in found.warnings if "doesn't declare 'leaver'" in warning]
        assert "doesn't declare 'leaver', who can log in; 'gone', who can't log in: they keep access" in warning
        assert "theirs" not in warning


def test_who_was_left_behind_is_retired_by_declaring_it_once(older: Database) -> None:
    converge(older, named(take_over=["keyless-aurora"]))
    converge(older, named(take_over=["keyless-aurora"], users=[*SAMPLE.as_properties()["users"], LEAVER]))
    assert managers(older)["leaver"] == ORDERS
    ended = converge(older, named()).plan[0]
    assert ended == EndLogin("leaver", forget_password=True, reason="")


def test_who_is_taken_over_and_may_log_in_no_more_loses_its_login_first(older: Database) -> None:
    users = [*SAMPLE.as_properties()["users"], {**LEAVER, "enabled": False}]
    assert isinstance(converge(older, named(take_over=["keyless-aurora"], users=users)).plan[0], EndLogin)


def test_a_third_managers_role_stays_an_error_and_names_that_manager(older: Database) -> None:
    run(older, "rdsadmin", "COMMENT ON ROLE lambda_writer IS '[managed by another]'")
    with pytest.raises(PlanError, match=r"'lambda_writer' .* managed by 'another'.*take_over: \[another\]") as refusal:
        converge(older, named(take_over=["keyless-aurora"]))
    assert len(refusal.value.problems) == 1
    converge(older, named(take_over=["keyless-aurora", "another"]))
    assert managers(older)["lambda_writer"] == ORDERS


@pytest.mark.parametrize(
    "shown",
    [as_text, as_markdown, lambda reports: as_json(reports, ddl.text), ddl.script],
    ids=["text", "markdown", "json", "sql"],
)
def test_a_takeover_is_named_in_every_format(older: Database, shown: Callable[[Any], str]) -> None:
    summary = planned(older, named(take_over=["keyless-aurora"]))
    text = shown({"app": summary})
    assert text.count("taken over from 'keyless-aurora', who has managed it") == len(summary.plan) == 3


def test_to_take_over_from_oneself_is_nothing(older: Database) -> None:
    everything: dict[str, Any] = {"users": [*SAMPLE.as_properties()["users"], LEAVER]}
    converge(older, spec(**everything))
    summary = converge(older, spec(take_over=["keyless-aurora"], **everything))
    assert (summary.changes, [w for w in summary.warnings if "take" in w]) == (0, [])


def test_groups_of_the_old_name_stay_with_their_rights_and_without_members(database: Database) -> None:
    through: dict[str, Any] = {"databases": [{**SAMPLE.as_properties()["databases"][0], "grants": "through_groups"}]}
    converge(database, spec(**through))
    make_tables(database)
    wanted = named(take_over=["keyless-aurora"], **through)
    converge(database, wanted)
    members = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'lambda_writer'::regrole"
    groups = {name.strip('"').partition("/")[0] for (name,) in run(database, "rdsadmin", members) if "/" in name}
    assert groups == {ORDERS}
    assert {name for name, manager in managers(database).items() if manager == "keyless-aurora"} == {
        name for name in managers(database) if name.startswith("keyless-aurora/")
    }
    assert converge(database, wanted).changes == 0
