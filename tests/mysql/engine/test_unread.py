"""Accounts that are in MySQL's tables and that it reads no more, which any user of IAM's can make of its own: they stop
no run."""

from collections.abc import Iterator

import pymysql
import pytest

from keyless.rehearsal.servers.mysql.server import MySQL
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, planned, run, spec, user
from tests.mysql.engine.test_vetoes import narrowed
from tests.mysql.servers import Instance, fresh, rows

R = user("r", grant("foo", access="owner"))
BEFORE = spec(R, user("w", grant("foo", access="read_write")))
W = user("w", grant("foo", access="append_only"))
AFTER = spec(R, W)


@pytest.fixture
def made(mysql: MySQL) -> Iterator[Instance]:
    with fresh(mysql) as instance:
        tables(instance)
        run(instance, BEFORE)
        yield instance


def unread(instance: Instance) -> None:
    with instance.log_in("r") as session:
        rows(session, "ALTER USER USER() IDENTIFIED BY 'x1234567'")
        with pytest.raises(pymysql.err.MySQLError):
            rows(session, "SET PASSWORD TO RANDOM")
    with instance.superuser() as root, pytest.raises(pymysql.err.MySQLError):
        rows(root, "SHOW GRANTS FOR r@'%'")


def w_is_narrowed(instance: Instance) -> bool:
    return ("DELETE", "foo.event") not in (can(instance, "w") or ())


def test_it_is_made_anew(made: Instance) -> None:
    unread(made)
    assert not evidence(made, AFTER).holds
    run(made, AFTER)
    assert evidence(made, AFTER).holds and planned(made, AFTER).plan == ()
    assert w_is_narrowed(made) and can(made, "r")


def test_what_it_had_does_not_come_back_with_a_restart(made: Instance) -> None:
    unread(made)
    wanted = spec(user("r", grant("bar", access="read_only")), W)
    run(made, wanted)
    with made.superuser() as root:
        rows(root, "FLUSH PRIVILEGES")
    assert evidence(made, wanted).holds
    assert can(made, "r") == frozenset({("SELECT", "bar.event"), ("key", "bar.event")})


def test_so_it_is_where_it_becomes_one_in_the_middle_of_a_run(made: Instance) -> None:
    done: list[None] = []

    def act() -> None:
        done.append(None)
        if len(done) == 2:
            unread(made)

    narrowed(made, act, AFTER)
    assert len(done) > 2
    assert evidence(made, AFTER).holds and w_is_narrowed(made) and can(made, "r")


@pytest.mark.parametrize("retired", [[], [{"username": "r", "drop": True}]], ids=["undeclared", "dropped"])
def test_one_that_has_left_has_nothing(made: Instance, retired: list[dict[str, object]]) -> None:
    unread(made)
    wanted = spec(W, retired=retired)
    run(made, wanted)
    assert evidence(made, wanted).holds and w_is_narrowed(made)
    with made.superuser() as root:
        rows(root, "FLUSH PRIVILEGES")  # as a restart does
        there = rows(root, "SELECT account_locked FROM mysql.user WHERE User = 'r'")
        roles = rows(root, "SELECT FROM_USER FROM mysql.role_edges WHERE TO_USER = 'r'")
    assert there == ([] if retired else [("Y",)])
    assert roles == ([] if retired else [("keyless/keyless-aurora",)])


def test_its_sessions_end(made: Instance) -> None:
    with made.log_in("r") as session:
        unread(made)
        run(made, spec(W))
        with pytest.raises(pymysql.err.OperationalError):
            rows(session, "SELECT 1")


def test_one_that_is_a_definer_stays_and_is_told(made: Instance) -> None:
    with made.log_in("r") as session:
        rows(session, "CREATE EVENT foo.made ON SCHEDULE EVERY 1 DAY DO DELETE FROM foo.event")
    unread(made)
    summary = run(made, AFTER)
    assert w_is_narrowed(made)
    (left,) = summary.left
    assert "definer of event foo.made" in left and "DROP USER `r`@`%`" in left
    assert evidence(made, AFTER).left == (left,) and not evidence(made, AFTER).holds
    with made.superuser() as root:
        rows(root, "DROP EVENT foo.made")
    run(made, AFTER)
    assert evidence(made, AFTER).holds


def test_anothers_is_left_and_told(made: Instance) -> None:
    unread(made)
    other = spec(user("other"), managed_by="another")
    assert [one for one in run(made, other).warnings if "'r'@'%'" in one and "doesn't read" in one]
    run(made, AFTER)
    assert evidence(made, AFTER).holds
