"""Locking PUBLIC cuts off logins that nobody manages: each is named with what it loses, and nothing happens until it is
acknowledged, let in in its own right, or declared."""

from functools import partial

import psycopg
import pytest

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import connect_as_master, converge, fingerprint, remove, run, spec, with_user

ACKNOWLEDGED = {"username": "report", "reason": "moves next week"}


@pytest.fixture
def used(database: Database) -> Database:
    """A database in which a login of nobody's works by what PUBLIC has."""
    run(database, "rdsadmin", "CREATE ROLE report LOGIN")
    run(database, "report", "SELECT 1")
    return database


def refused(database: Database, asked: AccessSpec) -> list[str]:
    """The sentences, which every way to the plan says, and after which all is as it was."""
    with database.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(PlanError) as refusal:
            converge(database, asked)
        with pytest.raises(PlanError) as preview:
            reconcile.preview(connect_as_master(database), asked, "app")
        evidence = reconcile.prove(connect_as_master(database), asked, "app")
        assert fingerprint(connection) == before
    assert tuple(refusal.value.problems) == tuple(preview.value.problems) == tuple(evidence.conflicts)
    assert not evidence.holds
    return list(refusal.value.problems)


def test_a_login_that_would_be_cut_off_is_named_with_what_it_loses_and_nothing_happens(used: Database) -> None:
    assert refused(used, spec()) == [
        "login 'report', which nobody manages, comes into database 'app' through PUBLIC alone, and would lose its way "
        "in when PUBLIC is locked, with CONNECT, TEMPORARY on database app and USAGE on schema public; allowed: its "
        'name and the reason under `acknowledged` in the spec, GRANT CONNECT ON DATABASE "app" TO "report", to declare it, '
        "or `public: open` for the database"
    ]
    run(used, "report", "SELECT 1")


def test_after_it_is_acknowledged_it_is_cut_off_with_a_warning(used: Database) -> None:
    asked = spec(acknowledged=[ACKNOWLEDGED])
    preview = reconcile.preview(connect_as_master(used), asked, "app")
    summary = converge(used, asked)
    assert [w for w in summary.warnings if "cut off" in w] == [w for w in preview.warnings if "cut off" in w]
    assert [w for w in summary.warnings if "cut off" in w] == [
        "login 'report' is cut off from database 'app': it comes in through PUBLIC alone, which is locked, and loses "
        "CONNECT, TEMPORARY on database app and USAGE on schema public (acknowledged: moves next week)"
    ]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        used.connect("report")
    assert [w for w in converge(used, asked).warnings if "cut off" in w] == []


@pytest.mark.parametrize(
    "by_hand",
    [
        "GRANT CONNECT ON DATABASE app TO report",
        "CREATE ROLE team; CREATE ROLE shift IN ROLE team; GRANT CONNECT ON DATABASE app TO team; GRANT shift TO report",
        "GRANT master TO report",  # the owner
        "DROP ROLE report",
        "ALTER ROLE report NOLOGIN",
        "ALTER ROLE report SUPERUSER",
        "COMMENT ON ROLE report IS '[managed by another]'",
        "ALTER ROLE report RENAME TO rdsproxyadmin",
        "REVOKE CONNECT ON DATABASE app FROM PUBLIC",
    ],
)
def test_who_keeps_a_way_in_or_has_none_to_lose_stops_nothing(used: Database, by_hand: str) -> None:
    run(used, "rdsadmin", *by_hand.split("; "))
    assert converge(used).changes > 0


def test_a_group_from_which_it_does_not_inherit_lets_nobody_in(used: Database) -> None:
    run(used, "rdsadmin", "CREATE ROLE team", "GRANT CONNECT ON DATABASE app TO team", "ALTER ROLE report NOINHERIT")
    run(used, "rdsadmin", "GRANT team TO report")
    assert len(refused(used, spec())) == 1


def test_to_declare_it_lets_it_in(used: Database) -> None:
    run(used, "rdsadmin", "GRANT report TO master WITH ADMIN OPTION")
    converge(used, with_user(username="report", auth_method="none", adopt=True, databases=["app"]))


def test_an_open_public_cuts_nobody_off(used: Database) -> None:
    sample = spec().as_properties()
    assert converge(used, spec(databases=[{**sample["databases"][0], "public": "open"}])).changes > 0


def test_where_public_is_locked_already_nobody_who_makes_logins_stops_a_run(database: Database) -> None:
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE smith LOGIN CREATEROLE")
    run(database, "rdsadmin", *(f"CREATE ROLE late{n} LOGIN" for n in range(3)))
    more = with_user(username="another", auth_method="none", databases=["app"])
    assert converge(database, more).changes > 0
    assert remove(database).changes > 0


def test_many_logins_are_named_up_to_fifty_and_the_rest_counted(database: Database) -> None:
    run(database, "rdsadmin", *(f"CREATE ROLE r{n:02} LOGIN" for n in range(60)))
    found = refused(database, spec())
    assert (len(found), found[50]) == (51, "10 more logins would lose their way into database 'app'")


def test_logins_with_a_way_of_their_own_are_named_once_beside_the_plan(used: Database) -> None:
    run(used, "rdsadmin", "GRANT CONNECT ON DATABASE app TO report")
    assert [w for w in converge(used).warnings if w.startswith("what PUBLIC has")] == [
        "what PUBLIC has in database 'app' is taken from everybody (CONNECT, TEMPORARY on database app and USAGE on "
        "schema public), also from logins that the spec doesn't manage and that keep what they have themselves: "
        "'report'"
    ]


def test_a_database_that_the_run_makes_has_nobody_to_lose(used: Database) -> None:
    asked = spec(databases=[*spec().as_properties()["databases"], {"name": "second"}])
    connect, elsewhere = (
        partial(psycopg.connect, used.server.conninfo("master", name)) for name in ("second", "postgres")
    )
    assert reconcile.preview(connect, asked, "second", elsewhere=elsewhere).changes > 0
    assert reconcile.converge(connect, asked, "second", elsewhere=elsewhere).changes > 0
