"""Who is in a group that a spec takes over or adopts, and isn't declared there: nobody comes to what the spec gives."""

from itertools import count
from typing import Any

import pytest

from db_access.errors import ApplyError, PlanError
from db_access.mysql.reconcile import converge
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.mysql.server import MySQL
from tests.mysql.engine.doing import can, forgotten, tables
from tests.mysql.engine.dying import Died, Dying
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, planned, run, spec, user
from tests.mysql.engine.test_ownership import run_as_root
from tests.mysql.servers import Instance, fresh, rows

READS = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})
KEPT = user("kept", groups=["g"])
GROUP = {"name": "g", "grants": [grant("foo", access="read_only")]}
WIDER = {"name": "g", "grants": [grant("foo", "bar", access="read_write")]}
ORDERS = spec(KEPT, user("gone", groups=["g"]), groups=[GROUP], managed_by="orders")
BILLING = spec(KEPT, groups=[WIDER], managed_by="billing", take_over=["orders"])


def edges(instance: Instance) -> set[tuple[object, ...]]:
    """Who is in the group, from where, and whether it may give it to others."""
    mapping = "SELECT User, Host, Admin_option FROM mysql.roles_mapping WHERE Role = 'g'"
    query = mapping if instance.is_mariadb else _EDGES
    with instance.superuser() as root:
        return {tuple(map(str, row)) for row in rows(root, query) if row[0] not in (instance.master, "rdsadmin")}


_EDGES = "SELECT TO_USER, TO_HOST, WITH_ADMIN_OPTION FROM mysql.role_edges WHERE FROM_USER = 'g'"


def defaults(instance: Instance) -> set[tuple[object, ...]]:
    """Which roles the sessions of `gone` start with."""
    query = "SELECT DEFAULT_ROLE_USER FROM mysql.default_roles WHERE USER = 'gone'"
    of_mariadb = "SELECT JSON_VALUE(Priv, '$.default_role') FROM mysql.global_priv WHERE User = 'gone'"
    with instance.superuser() as root:
        return set(rows(root, of_mariadb if instance.is_mariadb else query))


def as_the_master(instance: Instance, *statements: str) -> None:
    """On MariaDB nobody else gives a role that it has made."""
    with instance.connect() as session:
        for statement in statements:
            rows(session, statement)


def planted(instance: Instance) -> None:
    """It may give the group to others, and its sessions start with it."""
    start = "FOR gone@'%'" if instance.is_mariadb else "TO gone@'%'"
    as_the_master(instance, "GRANT g TO gone@'%' WITH ADMIN OPTION", f"SET DEFAULT ROLE g {start}")


def test_who_is_not_declared_is_taken_out_and_keeps_what_it_had(instance: Instance) -> None:
    tables(instance)
    run(instance, ORDERS)
    (shown,) = [change for change in planned(instance, BILLING).plan if "doesn't declare" in change.reason]
    assert [who.name for who in getattr(shown, "members", ())] == ["gone"]
    run(instance, BILLING)
    assert can(instance, "gone") == READS
    assert {name for name, *_ in edges(instance)} == {"kept"}
    assert ("INSERT", "bar.event") in (can(instance, "kept") or ())
    assert planned(instance, BILLING).plan == ()


def test_it_is_told_of_as_having_rights_of_another_spec(instance: Instance) -> None:
    tables(instance)
    run(instance, ORDERS)
    run(instance, BILLING)
    for told in (planned(instance, BILLING).warnings, evidence(instance, BILLING).outsiders):
        assert any("'gone'@" in one and "on `foo`" in one for one in told), told
        assert not any("kept" in one or "'g'" in one for one in told)


def test_its_open_session_with_the_group_ends(instance: Instance) -> None:
    tables(instance)
    run(instance, ORDERS)
    with instance.log_in("gone") as session:
        rows(session, "SET ROLE g")
        run(instance, BILLING)
        with pytest.raises(Exception, match=r"gone away|Lost connection|killed|was killed"):
            rows(session, "INSERT INTO bar.event VALUES (1, 1)")


def test_killed_at_every_statement_it_never_has_more_than_it_had(instance: Instance) -> None:
    tables(instance)
    for n in count():
        forgotten(instance)
        run(instance, ORDERS)
        planted(instance)
        dying = Dying(instance, n)
        try:
            converge(dying.connect, BILLING, timeouts=TIMEOUTS)
        except Died:
            assert (can(instance, "gone") or frozenset()) <= READS, dying.written
        else:
            break
        run(instance, BILLING)
        assert can(instance, "gone") in (READS, frozenset()), dying.written
        assert {name for name, *_ in edges(instance)} == {"kept"}, dying.written
        assert planned(instance, BILLING).plan == ()
    assert n > 8


def test_refused_at_every_statement_it_is_put_back(instance: Instance) -> None:
    tables(instance)
    for n in count():
        forgotten(instance)
        run(instance, ORDERS)
        planted(instance)
        before = edges(instance), defaults(instance), can(instance, "gone")
        failing = Dying(instance, n, refused=True)
        try:
            converge(failing.connect, BILLING, timeouts=TIMEOUTS)
        except ApplyError as error:
            assert "has what it had before" in str(error), error
        else:
            break
        assert (edges(instance), defaults(instance), can(instance, "gone")) == before, failing.written
    assert n > 8


def adopting(**more: Any) -> AccessSpec:
    return spec(user("u", groups=["g"]), groups=[{**WIDER, "adopt": True}], **more)


def made_by_hand(instance: Instance, *statements: str) -> None:
    """A group that nobody manages; on MariaDB the master may give it to others, as it has to."""
    tables(instance)
    admin = [f"GRANT g TO {instance.master}@'%' WITH ADMIN OPTION"] if instance.is_mariadb else []
    by_hand = "CREATE USER ann@'%' IDENTIFIED BY 'p'"
    run_as_root(instance, "CREATE ROLE g", "GRANT SELECT ON foo.* TO g", by_hand, *admin, *statements)


@pytest.mark.parametrize(
    "statement",
    ["GRANT g TO ann@'%'", "GRANT g TO ann@'%' WITH ADMIN OPTION", "GRANT g TO h"],
    ids=["account", "admin", "role"],
)
def test_a_group_with_strangers_in_it_is_adopted_by_nobody(instance: Instance, statement: str) -> None:
    made_by_hand(instance, "CREATE ROLE h", "GRANT h TO ann@'%'", statement)
    before = edges(instance)
    who = "h" if statement.endswith(" h") else "ann"
    with pytest.raises(PlanError, match=rf"'{who}'.*`acknowledged`.*REVOKE `g`(@`%`)? FROM `{who}`"):
        run(instance, adopting())
    assert edges(instance) == before
    assert any(who in one for one in evidence(instance, adopting()).conflicts)


def test_a_stranger_stays_in_it_where_the_spec_acknowledges_it(instance: Instance) -> None:
    made_by_hand(instance, "GRANT g TO ann@'%'")
    wanted = adopting(acknowledged=[{"username": "ann", "reason": "on call"}])
    run(instance, wanted)
    assert {name for name, *_ in edges(instance)} == {"ann", "u"}
    assert evidence(instance, wanted).holds


def test_who_makes_a_group_by_hand_is_no_stranger_in_it_where_it_is_a_superuser(instance: Instance) -> None:
    made_by_hand(instance)
    run(instance, adopting())
    assert evidence(instance, adopting()).holds


@pytest.mark.parametrize("member", ["ann", "h"])
def test_a_group_is_not_taken_over_with_strangers_in_it(instance: Instance, member: str) -> None:
    tables(instance)
    run(instance, ORDERS)
    run_as_root(instance, "CREATE USER ann@'%' IDENTIFIED BY 'p'", "CREATE ROLE h", "GRANT h TO ann@'%'")
    as_the_master(instance, f"GRANT g TO {member}" + ("" if member == "h" else "@'%'"))
    with pytest.raises(PlanError, match=rf"'{member}'.*`acknowledged`"):
        run(instance, BILLING)
    as_the_master(instance, f"REVOKE g FROM {member}" + ("" if member == "h" else "@'%'"))
    run(instance, BILLING)
    assert planned(instance, BILLING).plan == ()


def test_a_rolled_back_deploy_is_stopped_by_no_stranger(instance: Instance) -> None:
    """The group was the spec's before; who is in it is told, as ever."""
    tables(instance)
    run(instance, ORDERS)
    run(instance, BILLING)
    as_the_master(instance, "CREATE USER ann@'%' IDENTIFIED BY 'p'", "GRANT g TO ann@'%'")
    back = ORDERS.taking_back_from("billing")
    assert any("'ann'" in one for one in run(instance, back).warnings)
    assert can(instance, "kept") == can(instance, "gone") == READS


def test_a_user_that_is_somebodys_role_is_adopted_by_nobody(mysql: MySQL) -> None:
    """On MySQL an account is given as a role is."""
    with fresh(mysql) as instance:
        tables(instance)
        run_as_root(instance, "CREATE USER u@'%' IDENTIFIED BY 'p'", "CREATE USER ann@'%' IDENTIFIED BY 'p'")
        run_as_root(instance, "GRANT u@'%' TO ann@'%'")
        wanted = spec(user("u", grant("foo", access="read_only"), adopt=True))
        with pytest.raises(PlanError, match=r"'ann'@'%'.*REVOKE `u`@`%` FROM `ann`@`%`"):
            run(instance, wanted)
        run_as_root(instance, "REVOKE u@'%' FROM ann@'%'")
        run(instance, wanted)
        assert evidence(instance, wanted).holds
