"""MySQL drops no role that is the definer of anything (4006): it stays, with nothing and nobody's, and is told, and keeps
no run from the rest. MariaDB drops it, and what ran as it does no more."""

from collections.abc import Callable

import pymysql
import pytest
from pymysql.constants import CLIENT

from db_access.errors import PlanError
from db_access.mysql.reconcile import Evidence, Summary, converge, prove, remove
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MySQL
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import TIMEOUTS, grant, master, planned, spec, user
from tests.mysql.servers import Instance, fresh, rows

_SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:clerk-AbCdEf"
_READS = grant("foo", access="read_only")
ANN, BOB = user("ann", _READS), user("bob", _READS)
CLERK = user("clerk", auth_method="password", password_secret=_SECRET)
GROUPS = [{"name": "readers", "grants": [grant("bar", access="read_write")]}]
BEFORE = spec(ANN, {**BOB, "groups": ["readers"]}, CLERK, groups=GROUPS)
NARROWED = grant("foo", access="append_only")
AFTER = spec(user("ann", NARROWED), user("bob", NARROWED))
INSERTS = frozenset({("INSERT", "foo.event")})

ROLES: dict[str, Callable[[Instance], list[str]]] = {
    "a group": lambda _: ["readers"],
    "a version": lambda instance: named(instance, "keyless#%"),
    "a profile": lambda instance: named(instance, "keyless~%"),
    "all of them": lambda instance: ["readers", *named(instance, "keyless#%"), *named(instance, "keyless~%")],
}
MADE = {
    "a view": "CREATE DEFINER={} VIEW reports.v{} AS SELECT v FROM bar.event",
    "a view of its invoker": "CREATE DEFINER={} SQL SECURITY INVOKER VIEW reports.v{} AS SELECT v FROM bar.event",
    "a procedure": "CREATE DEFINER={} PROCEDURE reports.p{}() DELETE FROM bar.event",
    "a procedure of its invoker": "CREATE DEFINER={} PROCEDURE reports.p{}() SQL SECURITY INVOKER SELECT 1",
    "a function": "CREATE DEFINER={} FUNCTION reports.f{}() RETURNS INT READS SQL DATA RETURN 1",
    "an event": "CREATE DEFINER={} EVENT reports.e{} ON SCHEDULE EVERY 1 YEAR DO DELETE FROM bar.event",
    "a trigger": "CREATE DEFINER={} TRIGGER reports.t{} BEFORE INSERT ON reports.t FOR EACH ROW SET NEW.v = 1",
}


def named(instance: Instance, pattern: str) -> list[str]:
    table = "mysql.global_priv" if instance.is_mariadb else "mysql.user"
    with instance.superuser() as root:
        return [name for (name,) in rows(root, f"SELECT User FROM {table} WHERE User LIKE %s ORDER BY User", pattern)]


def _secret(arn: str) -> Secret:
    return Secret("the clerk's password", "1", "clerk")


def run(instance: Instance, wanted: AccessSpec) -> Summary:
    return converge(master(instance), wanted, timeouts=TIMEOUTS, read_secret=_secret)


def proven(instance: Instance, wanted: AccessSpec) -> Evidence:
    return prove(master(instance), wanted, timeouts=TIMEOUTS, read_secret=_secret)


def made(instance: Instance, role: str, what: str) -> list[str]:
    """In a schema that no spec declares. Returns what is its definer."""
    tables(instance)
    run(instance, BEFORE)
    found = ROLES[role](instance)
    with instance.superuser() as root:
        rows(root, "CREATE SCHEMA reports")
        rows(root, "CREATE TABLE reports.t (v INT)")
        for number, name in enumerate(found):
            definer = f"`{name}`" + ("" if instance.is_mariadb else "@`%`")
            rows(root, MADE[what].format(definer, number))
    return found


def stripped(instance: Instance, name: str) -> bool:
    """Whether nobody has it, and it has nothing."""
    with instance.superuser() as root:
        members = rows(root, "SELECT TO_USER FROM mysql.role_edges WHERE FROM_USER = %s", name)
        granted = [
            line for (line,) in rows(root, f"SHOW GRANTS FOR `{name}`") if not line.startswith("GRANT `keyless/")
        ]
    return members == [] and granted == [f"GRANT USAGE ON *.* TO `{name}`@`%`"]


@pytest.mark.parametrize(
    ("role", "what"), [*((role, "a view") for role in ROLES), *(("all of them", what) for what in [*MADE][1:])]
)
def test_it_stops_nobody(instance: Instance, role: str, what: str) -> None:
    left = made(instance, role, what)
    with instance.superuser() as root:
        if not instance.is_mariadb:
            rows(root, "CREATE USER spy")
            for name in left:
                rows(root, f"GRANT `{name}` TO spy")
    told = run(instance, AFTER)
    assert (can(instance, "ann"), can(instance, "bob")) == (INSERTS, INSERTS)
    assert planned(instance, AFTER).plan == ()
    found = proven(instance, AFTER)
    assert (found.violations, found.conflicts, found.outsiders) == ((), (), ())
    for name in left:
        if instance.is_mariadb:
            assert named(instance, name) == []
            continue
        assert named(instance, name) == [name] and stripped(instance, name)
        for warnings in (told.warnings, found.warnings):
            (said,) = [one for one in warnings if f"'{name}'" in one and "stays, without any right" in one]
            assert " reports." in said


@pytest.mark.parametrize("role", ROLES)
def test_it_comes_back_and_goes_once_nothing_has_it_as_its_definer(mysql: MySQL, role: str) -> None:
    with fresh(mysql) as instance:
        left = made(instance, role, "a view")
        run(instance, AFTER)
        run(instance, BEFORE)
        assert ("DELETE", "bar.event") in (can(instance, "bob") or ())
        assert [one for one in proven(instance, BEFORE).warnings if "stays, without" in one] == []
        run(instance, AFTER)
        with instance.superuser() as root:
            rows(root, "DROP SCHEMA reports")
        run(instance, AFTER)
        assert [named(instance, name) for name in left] == [[] for _ in left]


def test_nothing_is_left_of_it_where_all_access_goes(mysql: MySQL) -> None:
    with fresh(mysql) as instance:
        left = made(instance, "all of them", "an event")
        for _ in range(2):
            remove(master(instance), "keyless-aurora", timeouts=TIMEOUTS)
            assert can(instance, "ann") is can(instance, "bob") is None
            assert all(stripped(instance, name) for name in left)


@pytest.mark.parametrize("what", [each for each in MADE if "invoker" in each])
def test_an_account_that_is_to_be_dropped_stays_as_well(mysql: MySQL, what: str) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, spec(ANN, BOB))
        with instance.superuser() as root:
            rows(root, "CREATE SCHEMA reports")
            rows(root, MADE[what].format("ann@`%`", 0))
        gone = spec(user("bob", NARROWED), retired=[{"username": "ann", "drop": True}])
        (kept,) = run(instance, gone).kept
        assert "'ann'@'%' stays: it is the definer of" in kept
        assert (can(instance, "ann"), can(instance, "bob")) == (None, INSERTS)


@pytest.mark.parametrize("name", ["readers", "a profile"])
def test_a_role_that_is_a_definer_before_it_is_there_is_named(mysql: MySQL, name: str) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, BEFORE)
        name = named(instance, "keyless~%")[0] if name == "a profile" else name
        run(instance, spec(BOB, retired=[{"username": "ann", "drop": True}]))
        remove(master(instance), "keyless-aurora", timeouts=TIMEOUTS)
        with instance.superuser() as root:
            rows(root, "CREATE SCHEMA reports")
            rows(root, f"CREATE DEFINER=`{name}`@`%` VIEW reports.v AS SELECT 1 AS one")
        with pytest.raises(PlanError, match=rf"role '{name}'@'%' isn't there and is the definer of view reports\.v"):
            run(instance, BEFORE)
        with pytest.raises(pymysql.err.OperationalError), instance.connect() as session:
            rows(session, f"CREATE ROLE `{name}`")


def test_what_other_specs_and_who_has_left_make_elsewhere_is_not_told(instance: Instance) -> None:
    """Who has left has nothing that it could hand out."""
    tables(instance)
    with instance.superuser() as root:
        rows(root, "CREATE SCHEMA reports")
    other = spec(
        user("theirs", grant("other", access="read_only"), groups=["theirs_group"]),
        schemas=("other",),
        managed_by="keyless-aurora2",
        groups=[{"name": "theirs_group", "grants": [grant("other", access="read_only")]}],
    )
    run(instance, other)
    run(instance, BEFORE)
    with instance.superuser() as root:
        at = "" if instance.is_mariadb else "@`%`"
        definers = ["`theirs`@`%`", f"`theirs_group`{at}", "`ann`@`%`", f"`keyless/keyless-aurora2`{at}"]
        for number, definer in enumerate(definers):
            rows(root, MADE["a view"].format(definer, number))
            rows(root, MADE["a procedure"].format(definer, number))
    without_ann = spec({**BOB, "groups": ["readers"]}, CLERK, groups=GROUPS)
    run(instance, without_ann)
    assert [one for one in proven(instance, without_ann).warnings if "reports." in one] == []


def test_a_marker_in_whose_place_there_is_another_stays_as_well(mysql: MySQL, caplog: pytest.LogCaptureFixture) -> None:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, BEFORE)
        gone = spec(user("ann", NARROWED), retired=[{"username": "bob", "drop": True}])
        with instance.superuser() as root:
            rows(root, "CREATE SCHEMA reports")
            rows(root, MADE["a view"].format("`keyless/keyless-aurora`@`%`", 0))
            rows(root, "CREATE ROLE `keyless/keyless-aurora+1`")
        caplog.clear()
        run(instance, gone)
        assert "trying again" not in caplog.text
        assert can(instance, "ann") == INSERTS
        assert planned(instance, gone).plan == ()
        assert stripped(instance, "keyless/keyless-aurora")
        assert [one for one in proven(instance, gone).warnings if "stays, without any right" in one]


@pytest.mark.parametrize("what", MADE)
def test_the_drift_watch_sees_the_same(instance: Instance, what: str) -> None:
    made(instance, "all of them", what)
    watched = spec(user("ann", NARROWED), user("watcher"))

    def connect() -> pymysql.connections.Connection:
        return instance.log_in("watcher", client_flag=CLIENT.MULTI_STATEMENTS)

    converge(master(instance), watched, timeouts=TIMEOUTS, watch="watcher")
    seen = prove(connect, watched, timeouts=TIMEOUTS, watch="watcher", as_watch=True)
    by_master = prove(master(instance), watched, timeouts=TIMEOUTS, watch="watcher")
    assert seen == by_master
    assert seen.holds
    assert instance.is_mariadb or [one for one in seen.warnings if "stays, without any right" in one]
