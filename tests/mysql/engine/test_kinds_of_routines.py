"""Rights on every kind of routine that a server has are taken by its own word; of a kind that the engine doesn't know,
they are told by name, and keep no run from the rest."""

from collections.abc import Iterator
from itertools import count

import pytest

from db_access.errors import ApplyError
from db_access.mysql import statements
from db_access.mysql.reconcile import converge
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.dying import Dying
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance, rows

ANN = user("ann", grant("foo", access="append_only"))
BOB, NARROWED = user("bob", grant("foo", access="read_only")), user("bob", grant("foo", access="append_only"))
GROUPS = [{"name": "readers", "grants": [grant("bar", access="read_only")]}]
BEFORE, AFTER = spec(ANN, BOB, groups=GROUPS), spec(ANN, NARROWED, groups=GROUPS)
INSERTS = frozenset({("INSERT", "foo.event")})
MADE = {
    "procedure": "CREATE PROCEDURE foo.r() SELECT 1",
    "function": "CREATE FUNCTION foo.r() RETURNS INT DETERMINISTIC RETURN 1",
    "library": "CREATE LIBRARY foo.r LANGUAGE JAVASCRIPT AS 'export function f() { return 1 }'",
    "package": "CREATE PACKAGE foo.r AS FUNCTION f RETURN INT; END",
    "package body": "CREATE PACKAGE BODY foo.r AS FUNCTION f RETURN INT AS BEGIN RETURN 5; END; END",
}
OF = {"mariadb": ("procedure", "function", "package", "package body"), "mysql": ("procedure", "function", "library")}
RIGHTS = ("EXECUTE", "ALTER ROUTINE", "GRANT OPTION", "EXECUTE, ALTER ROUTINE, GRANT OPTION")


def cases() -> Iterator[object]:
    for kind, several in OF.items():
        yield from (pytest.param(kind, each, id=f"{kind}-{each}") for each in several)


@pytest.fixture
def family(request: pytest.FixtureRequest) -> object:
    return request.getfixturevalue(request.param)


def made(instance: Instance) -> None:
    tables(instance)
    run(instance, BEFORE)
    with instance.superuser() as root:
        if instance.is_mariadb:
            rows(root, "SET sql_mode = 'ORACLE'")
            for kind in ("package", "package body"):
                rows(root, MADE[kind])
            rows(root, "SET sql_mode = DEFAULT")
        for kind in ("procedure", "function", *([] if instance.is_mariadb else ["library"])):
            rows(root, MADE[kind])


def given(instance: Instance, rights: str, kind: str, *to: str) -> None:
    """As somebody who may, in the mode in which MariaDB knows packages."""
    with instance.superuser() as root:
        if instance.is_mariadb:
            rows(root, "SET sql_mode = 'ORACLE'")
        for name in to:
            rows(root, f"GRANT {rights} ON {kind} foo.r TO {name}")


def held(instance: Instance) -> list[tuple[object, ...]]:
    with instance.superuser() as root:
        return rows(root, "SELECT User, Routine_type, Proc_priv FROM mysql.procs_priv WHERE Db = 'foo'")


@pytest.mark.parametrize(("family", "kind"), list(cases()), indirect=["family"])
def test_what_is_not_in_the_spec_is_taken(instance: Instance, kind: str) -> None:
    """From users, who stay and go, and from groups."""
    made(instance)
    for rights in RIGHTS:
        run(instance, spec(ANN, BOB, user("gone"), groups=GROUPS))
        given(instance, rights, kind, "ann", "gone", "readers")
        said = evidence(instance, BEFORE).violations
        assert [one for one in said if "'ann' has" in one and f"{kind.upper()} `foo`.`r`" in one], said
        run(instance, AFTER)
        assert held(instance) == []
        assert planned(instance, AFTER).plan == ()
        assert (can(instance, "bob"), can(instance, "gone")) == (INSERTS, None)
        assert evidence(instance, AFTER).holds


@pytest.mark.parametrize(("family", "kind"), list(cases()), indirect=["family"])
def test_a_run_that_fails_gives_it_back(instance: Instance, kind: str) -> None:
    made(instance)
    for n in count():
        run(instance, BEFORE)
        given(instance, RIGHTS[-1], kind, "ann")
        had, refused = held(instance), Dying(instance, n, refused=True)
        try:
            converge(refused.connect, AFTER, timeouts=TIMEOUTS)
        except ApplyError:
            assert held(instance) == had, refused.written
        else:
            break
    assert n > 2


@pytest.mark.parametrize(("family", "kind"), list(cases()), indirect=["family"])
def test_of_a_kind_that_is_not_known_it_is_told(instance: Instance, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made(instance)
    monkeypatch.setattr(statements, "ROUTINES", statements.ROUTINES - {kind.upper()})
    given(instance, "EXECUTE", kind, "ann", "readers")
    for _ in range(2):
        told = run(instance, AFTER)
        assert can(instance, "bob") == INSERTS
        assert len(held(instance)) == 2
        seen = evidence(instance, AFTER)
        assert not seen.holds and (seen.plan, seen.conflicts) == ((), ())
        for name in ("ann", "readers"):
            for several in (told.warnings, seen.violations):
                (said,) = [one for one in several if f"'{name}'" in one]
                assert f"EXECUTE on {kind.upper()} `foo`.`r`" in said and "REVOKE" in said
    monkeypatch.undo()
    run(instance, AFTER)
    assert held(instance) == []
    assert evidence(instance, AFTER).holds
