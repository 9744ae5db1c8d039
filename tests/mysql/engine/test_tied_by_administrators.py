"""An outsider may make what is the spec's an administrator of its own role. The master then administers that role by the
engine's own (MariaDB), until a run has taken it from these: nothing of it may be counted on for the rest."""

import pytest

from db_access.errors import PlanError
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.doing import Can, everybody, tables
from tests.mysql.engine.specs import spec
from tests.mysql.engine.test_tied import (
    AFTER,
    ANN,
    BEFORE,
    GROUPS,
    NAMES,
    OTHERS,
    TARGETS,
    as_the_spec_says,
    held_by,
    outsider,
    run,
    tie,
)
from tests.mysql.servers import Instance, fresh, rows

_TIMES = 3


@pytest.fixture
def there(instance: Instance) -> Instance:
    tables(instance)
    run(instance, wanted=BEFORE)
    outsider(instance)
    return instance


@pytest.mark.parametrize("target", TARGETS)
def test_its_own_roles_make_the_master_no_administrator(there: Instance, target: str) -> None:
    """Each time anew: who does it between all runs keeps none from anything."""
    for wanted in (AFTER, BEFORE, AFTER):
        tie(there, *TARGETS[target](there), admin=True)
        tie(there, "gone", "bob", "clerk")
        run(there, wanted=wanted)
        assert held_by(there) == set()
    assert everybody(there, NAMES) == as_the_spec_says(there)
    assert run(there).plan == ()


@pytest.mark.parametrize("target", TARGETS)
def test_nor_does_a_role_between(there: Instance, target: str) -> None:
    with there.superuser() as root:
        rows(root, "CREATE ROLE between_")
        rows(root, "GRANT dbarole TO between_ WITH ADMIN OPTION")
        rows(root, "GRANT between_ TO dba WITH ADMIN OPTION")
    for wanted in (AFTER, BEFORE, AFTER):
        tie(there, *TARGETS[target](there), role="between_")
        tie(there, "gone", "bob")
        run(there, wanted=wanted)
        assert held_by(there) == {"between_"}
        assert held_by(there, "between_") == set()
    assert everybody(there, NAMES) == as_the_spec_says(there)
    assert run(there).plan == ()


def test_nor_does_a_group_that_is_adopted(mariadb: MariaDB) -> None:
    """Which nothing marks as the engine's yet."""
    adopting = spec({**ANN, "enabled": False}, *OTHERS, groups=[{**GROUPS[0], "adopt": True}])
    with fresh(mariadb) as instance:
        tables(instance)
        run(instance, wanted=spec(ANN))
        with instance.server.log_in(instance.master, instance.password) as master:
            rows(master, "CREATE ROLE readers")
        outsider(instance)
        tie(instance, "readers", admin=True)
        tie(instance, "ann", *TARGETS["the marker"](instance))
        run(instance, wanted=adopting)
        assert held_by(instance) == set()
        says: dict[str, Can | None] = as_the_spec_says(instance)
        assert everybody(instance, ("ann", "bob", "clerk")) == {name: says[name] for name in ("ann", "bob", "clerk")}
        assert run(instance, wanted=adopting).plan == ()


def test_what_others_roles_make_it_it_is(mariadb: MariaDB) -> None:
    """A role of the master's that no engine has to do with: nothing is made anew for what it can take by that."""
    with fresh(mariadb) as instance:
        tables(instance)
        run(instance, wanted=AFTER)
        outsider(instance)
        with instance.superuser() as root:
            rows(root, "CREATE ROLE team")
            rows(root, f"GRANT team TO {identifier(instance.master)}@`%`")
            rows(root, "GRANT dbarole TO team WITH ADMIN OPTION")
        tie(instance, "bob", "readers")
        assert {type(change).__name__ for change in run(instance, wanted=AFTER).plan} == {"TakeRole"}
        assert held_by(instance) == {"team"}


@pytest.mark.parametrize("target", ["an account that stays", "a group", "a profile", "the marker", "a version"])
def test_nor_is_a_privilege_the_masters_that_its_own_roles_have(mariadb: MariaDB, target: str) -> None:
    """Told before anything changes, with the statement for whoever can."""
    with fresh(mariadb) as instance:
        tables(instance)
        run(instance, wanted=BEFORE)
        (name, *_) = TARGETS[target](instance)
        with instance.superuser() as root:
            rows(root, f"GRANT BINLOG ADMIN ON *.* TO {identifier(name)}")
        with pytest.raises(PlanError, match=r"has to take BINLOG ADMIN, which it hasn't got itself.*REVOKE BINLOG"):
            run(instance, wanted=AFTER)
        says: dict[str, Can | None] = as_the_spec_says(instance)
        assert everybody(instance, ("ann", "bob", "gone")) == {name: says[name] for name in ("ann", "bob", "gone")}
