"""What a user can change of its own account stops no run, its own narrowing least of all."""

from collections.abc import Callable
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from db_access.mysql.reconcile import Summary, converge
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, master, planned, run, spec, user
from tests.mysql.servers import Instance, rows

OTHER = user("other", grant("foo", access="read_only"))
BEFORE = spec(user("w", grant("foo", access="read_write")), OTHER)
AFTER = spec(user("w", grant("foo", access="append_only")), OTHER)
OWN: dict[str, tuple[str, ...]] = {
    "default role": ("SET DEFAULT ROLE NONE", "SET DEFAULT ROLE NONE TO {}@'%'"),
    "password": ("ALTER USER USER() IDENTIFIED BY 'x1'", "SET DEFAULT ROLE NONE"),
}
"""Statements of which either server takes one."""


def meddling(instance: Instance, act: Callable[[], None]) -> Callable[[], Connection]:
    """The master's connections; `act` comes before each reading of what there is."""

    def connect() -> Connection:
        connection = master(instance)()
        real: Callable[..., Any] = connection.query

        def query(statement: str, unbuffered: bool = False) -> Any:
            if statement.startswith("SELECT VERSION()"):
                act()
            return real(statement, unbuffered)

        connection.query = query
        return connection

    return connect


def changing_itself(instance: Instance, name: str, own: str) -> Callable[[], None]:
    def act() -> None:
        for statement in OWN[own]:
            try:
                with instance.log_in(name) as session:
                    rows(session, statement.format(name))
            except pymysql.err.MySQLError:
                pass

    return act


def narrowed(instance: Instance, act: Callable[[], None], wanted: AccessSpec = AFTER) -> Summary:
    return converge(meddling(instance, act), wanted, timeouts=TIMEOUTS)


@pytest.mark.parametrize("name", ["w", "other"])
@pytest.mark.parametrize("own", OWN)
def test_who_changes_its_own_account_all_the_time_keeps_nothing_by_it(instance: Instance, name: str, own: str) -> None:
    """Nor does it keep others from losing theirs. It is shut out for the run's time, and told of."""
    tables(instance)
    run(instance, BEFORE)
    warnings = narrowed(instance, changing_itself(instance, name, own)).warnings
    assert [one for one in warnings if f"'{name}'" in one and "changed while the run was on" in one], warnings
    assert ("DELETE", "foo.event") not in (can(instance, "w") or ())
    assert can(instance, "other") is not None
    run(instance, AFTER)
    assert evidence(instance, AFTER).holds and planned(instance, AFTER).plan == ()
    assert ("INSERT", "foo.event") in (can(instance, "w") or ())


def test_tables_that_are_made_meanwhile_are_the_next_runs(instance: Instance) -> None:
    """Else who makes them keeps the run from its end."""
    tables(instance)
    run(instance, BEFORE)
    keyed = user("keyed", grant("foo", access="append_only", key_columns=["id"]))
    wanted, made = spec(user("w", grant("foo", access="append_only")), OTHER, keyed), list[None]()

    def act() -> None:
        made.append(None)
        with instance.superuser() as root:
            rows(root, f"CREATE TABLE foo.more{len(made)} (id INT PRIMARY KEY)")

    narrowed(instance, act, wanted)
    assert ("DELETE", "foo.event") not in (can(instance, "w") or ())
    assert planned(instance, wanted).plan
    run(instance, wanted)
    assert evidence(instance, wanted).holds
