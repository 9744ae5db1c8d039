"""What users with `access: owner` make runs with their rights, on MySQL; on MariaDB, which counts none by a role, it fails,
and is told."""

import pymysql
import pytest

from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows
from tests.rehearsal.waiting import wait_until

MAKER = user("maker", grant("foo", access="owner"))
OTHER = user("other", grant("foo", tables=["SELECT", "INSERT"], functions=["EXECUTE"]))
WANTED = spec(MAKER, OTHER)
INSERT = "INSERT INTO foo.event VALUES (1, 1)"
MADE = {
    "view": ("CREATE VIEW foo.made AS SELECT id FROM foo.event", "SELECT * FROM foo.made"),
    "procedure": ("CREATE PROCEDURE foo.made() SELECT id FROM foo.event", "CALL foo.made()"),
    "function": (
        "CREATE FUNCTION foo.made() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM foo.event)",
        "SELECT foo.made()",
    ),
    "trigger": ("CREATE TRIGGER foo.made BEFORE INSERT ON foo.event FOR EACH ROW SET NEW.v = 2", INSERT),
}
EVENT = "CREATE EVENT foo.made ON SCHEDULE EVERY 1 DAY DO DELETE FROM foo.event"
AS_INVOKER = {
    "view": MADE["view"][0].replace("VIEW", "SQL SECURITY INVOKER VIEW"),
    "procedure": MADE["procedure"][0].replace("() ", "() SQL SECURITY INVOKER "),
    "function": MADE["function"][0].replace("READS", "SQL SECURITY INVOKER READS"),
}


def made(instance: Instance, statement: str) -> None:
    tables(instance)
    run(instance, WANTED)
    with instance.log_in("maker") as session:
        rows(session, statement)


def used(instance: Instance, statement: str) -> bool:
    with instance.log_in("other") as session:
        try:
            rows(session, statement)
        except pymysql.err.OperationalError as error:
            assert error.args[0] in (1142, 1356, 1370), error
            return False
    return True


@pytest.mark.parametrize("kind", MADE)
def test_what_it_makes_runs_with_its_rights_or_the_run_says_that_it_fails(instance: Instance, kind: str) -> None:
    create, use = MADE[kind]
    made(instance, create)
    assert used(instance, use) is not instance.is_mariadb
    (said,) = [one for one in evidence(instance, WANTED).warnings if "foo.made" in one]
    assert said in run(instance, WANTED).warnings
    if instance.is_mariadb:
        assert f"{kind} foo.made runs with the rights of maker@%" in said
        assert "MariaDB counts none that it has by a role" in said and "allowed: SQL SECURITY INVOKER" in said
    else:
        assert f"{kind} foo.made runs with the rights of maker@%: who may use it has what it does" in said
    assert planned(instance, WANTED).plan == ()


@pytest.mark.parametrize("kind", AS_INVOKER)
def test_with_the_rights_of_who_uses_it_nothing_fails_and_nothing_is_told(instance: Instance, kind: str) -> None:
    made(instance, AS_INVOKER[kind])
    assert used(instance, MADE[kind][1])
    assert not [one for one in evidence(instance, WANTED).warnings if "foo.made" in one]


def test_a_trigger_that_the_master_makes_works_on_both(instance: Instance) -> None:
    tables(instance)
    run(instance, WANTED)
    with instance.superuser() as root:
        rows(root, "SET GLOBAL log_bin_trust_function_creators = 1")
    with instance.connect() as session:
        rows(session, MADE["trigger"][0])
    assert used(instance, INSERT)


def test_an_event_is_told_where_it_fails(instance: Instance) -> None:
    """It hands nothing out: nobody uses it."""
    made(instance, EVENT)
    said = [one for one in evidence(instance, WANTED).warnings if "foo.made" in one]
    assert len(said) == (1 if instance.is_mariadb else 0)
    assert all("event foo.made" in one for one in said)


def test_an_event_of_who_is_disabled_does_nothing_more(instance: Instance) -> None:
    made(
        instance,
        "CREATE EVENT foo.made ON SCHEDULE EVERY 1 SECOND DO INSERT INTO foo.event SELECT COUNT(*), 1 FROM foo.event",
    )
    with instance.superuser() as root:

        def count() -> int:
            return len(rows(root, "SELECT * FROM foo.event"))

        def last() -> object:
            return rows(root, "SELECT LAST_EXECUTED FROM information_schema.EVENTS WHERE EVENT_NAME = 'made'")

        rows(root, "SET GLOBAL event_scheduler = ON")
        if not instance.is_mariadb:  # which counts no role for it
            wait_until(count)
        run(instance, spec({**MAKER, "enabled": False}, OTHER))
        there, then = count(), last()
        wait_until(lambda: last() != then, seconds=15)
        rows(root, "SET GLOBAL event_scheduler = OFF")
        assert count() == there


def test_an_event_of_who_has_no_login_is_no_session_of_it(instance: Instance) -> None:
    made(instance, "CREATE EVENT foo.made ON SCHEDULE EVERY 1 SECOND DO SELECT SLEEP(600)")
    without = spec({**MAKER, "can_login": False}, OTHER)
    run(instance, without)
    with instance.superuser() as root:

        def works() -> bool:
            at_work = "SELECT 1 FROM information_schema.processlist WHERE user = 'maker' AND info LIKE '%SLEEP%'"
            return rows(root, at_work) != []

        rows(root, "SET GLOBAL event_scheduler = ON")
        if not instance.is_mariadb:  # which counts no role for it
            wait_until(works, seconds=15)
        assert evidence(instance, without).violations == ()
        run(instance, without)
        assert works() is not instance.is_mariadb
        rows(root, "SET GLOBAL event_scheduler = OFF")


@pytest.mark.parametrize("statement", [MADE["trigger"][0], EVENT], ids=["trigger", "event"])
def test_who_has_made_one_is_not_dropped_from_under_it(instance: Instance, statement: str) -> None:
    """An INSERT would fail without the trigger's definer (1449), or run as whoever comes by that name."""
    made(instance, statement)
    gone = spec(OTHER, retired=[{"username": "maker", "drop": True}])
    (kept,) = run(instance, gone).kept
    assert "'maker'@'%' stays: it is the definer of" in kept and kept.endswith("foo.made")
    assert can(instance, "maker") is None
