"""Whose is whose: marked accounts are the spec's, and no others are touched."""

import pytest

from db_access.errors import ApplyError, PlanError
from db_access.mysql.reconcile import prove, remove
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, master, planned, run, spec, user
from tests.mysql.servers import Instance, rows

IAM = "IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'"
WORKER = user("worker", grant("foo", access="read_only"))
READS = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})


def run_as_root(instance: Instance, *statements: str) -> None:
    with instance.superuser() as root:
        for statement in statements:
            rows(root, statement)


def grants(instance: Instance, name: str) -> list[str]:
    with instance.superuser() as root:
        return [line for (line,) in rows(root, f"SHOW GRANTS FOR {name}")]


@pytest.mark.parametrize(
    "made",
    [f"CREATE USER worker {IAM}", f"CREATE USER worker {IAM} REQUIRE SSL ACCOUNT LOCK"],
    ids=["login", "locked"],
)
def test_an_account_that_nobody_manages_is_refused_and_kept(instance: Instance, made: str) -> None:
    tables(instance)
    run_as_root(instance, made)
    before = grants(instance, "worker")
    with pytest.raises(PlanError, match="nobody manages it"):
        run(instance, spec(WORKER))
    assert grants(instance, "worker") == before


def test_an_adopted_account_is_made_what_the_spec_says(instance: Instance) -> None:
    tables(instance)
    run_as_root(
        instance,
        "CREATE USER worker IDENTIFIED BY 'p' WITH MAX_USER_CONNECTIONS 3",
        "GRANT SELECT, INSERT, DROP ON foo.* TO worker WITH GRANT OPTION",
    )
    wanted = spec({**WORKER, "adopt": True})
    run(instance, wanted)
    assert can(instance, "worker") == READS
    assert evidence(instance, wanted).holds
    assert planned(instance, wanted).plan == ()


def test_what_the_master_cannot_take_is_refused_before_anything_is_changed(instance: Instance) -> None:
    """With the statement for whoever can."""
    tables(instance)
    run_as_root(instance, "CREATE USER worker IDENTIFIED BY 'p'", "GRANT SHUTDOWN ON *.* TO worker")
    before = grants(instance, "worker")
    with pytest.raises(PlanError, match=r"REVOKE SHUTDOWN ON \*\.\* FROM `worker`@`%`"):
        run(instance, spec({**WORKER, "adopt": True}))
    assert grants(instance, "worker") == before


def test_the_master_is_nobodys_to_adopt(instance: Instance) -> None:
    with pytest.raises(PlanError, match="is the master"):
        run(instance, spec(user(instance.master, adopt=True)))
    instance.connect().close()


def test_who_may_not_look_is_told_whom_it_takes(instance: Instance) -> None:
    run(instance, spec(WORKER))
    with pytest.raises(ApplyError, match="it has to be the master"):
        prove(lambda: instance.log_in("worker"), spec(WORKER), timeouts=TIMEOUTS)


def test_another_specs_account_is_refused_by_its_name(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(WORKER, managed_by="orders"))
    with pytest.raises(PlanError, match="managed by 'orders'"):
        run(instance, spec({**WORKER, "adopt": True}, managed_by="billing"))
    assert can(instance, "worker") == READS


def test_an_account_is_taken_over_from_another_spec(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(WORKER, managed_by="orders"))
    later = spec(WORKER, managed_by="billing", take_over=["orders"])
    run(instance, later)
    assert can(instance, "worker") == READS
    assert planned(instance, later).plan == ()
    with pytest.raises(PlanError, match="managed by 'billing'"):
        run(instance, spec(WORKER, managed_by="orders"))


def test_two_specs_live_side_by_side(instance: Instance) -> None:
    tables(instance)
    first, second = (
        spec(WORKER, managed_by="orders"),
        spec(user("other", grant("bar", access="read_only")), managed_by="billing"),
    )
    run(instance, first)
    run(instance, second)
    assert planned(instance, first).plan == planned(instance, second).plan == ()
    remove(master(instance), "billing", timeouts=TIMEOUTS)
    assert can(instance, "worker") == READS
    assert can(instance, "other") is None


def test_who_leaves_the_spec_stays_locked_without_a_right(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(WORKER, user("stays")))
    run(instance, spec(user("stays")))
    assert can(instance, "worker") is None
    run_as_root(instance, "ALTER USER worker ACCOUNT UNLOCK")
    assert can(instance, "worker") == frozenset()
    run(instance, spec(user("stays")))
    assert can(instance, "worker") is None


def test_additive_specs_retire_nobody(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(WORKER, user("stays")))
    run(instance, spec(user("stays"), additive=True))
    assert can(instance, "worker") == READS


def test_a_retired_account_is_dropped_where_the_spec_says_so(instance: Instance) -> None:
    run(instance, spec(WORKER))
    summary = run(instance, spec(retired=[{"username": "worker", "drop": True}]))
    assert summary.kept == ()
    with instance.superuser() as root:
        assert rows(root, "SELECT 1 FROM mysql.user WHERE User = 'worker'") == []


def test_a_retired_account_that_defines_something_stays_and_is_named(instance: Instance) -> None:
    run(instance, spec(user("worker", grant("foo", access="owner"))))
    with instance.log_in("worker") as session:
        rows(session, "CREATE VIEW foo.seen AS SELECT 1")
    summary = run(instance, spec(retired=[{"username": "worker", "drop": True}], schemas=("bar",)))
    assert "definer of view foo.seen" in summary.kept[0]
    assert can(instance, "worker") is None


def test_removing_takes_every_access_and_keeps_schemas(instance: Instance) -> None:
    tables(instance)
    group = {"name": "readers", "grants": [grant("foo", access="read_only")]}
    run(instance, spec(WORKER, user("member", groups=["readers"]), groups=[group]))
    remove(master(instance), "keyless-aurora", timeouts=TIMEOUTS)
    assert can(instance, "worker") is None and can(instance, "member") is None
    with instance.superuser() as root:
        assert rows(root, "SELECT COUNT(*) FROM foo.event") == [(0,)]
        left = rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%' OR User = 'readers'")
        assert left == []
    assert remove(master(instance), "keyless-aurora", timeouts=TIMEOUTS).plan == ()
