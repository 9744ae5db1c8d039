"""From any spec to any other: it doesn't matter where a server comes from, a second run has nothing to do, the proof
holds, and nobody else is touched. MYSQL_SEEDS=0-99 tries so many."""

import pytest

from db_access.mysql.reconcile import Summary, converge, preview, prove, remove
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import forgotten
from tests.mysql.engine.specs import TIMEOUTS, master
from tests.mysql.oracle.seeds import SEEDS
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.world import World, secrets, world
from tests.mysql.properties.dump import Dump, differing, dumped
from tests.mysql.servers import Instance, rows


@pytest.mark.parametrize("seed", SEEDS)
def test_where_a_server_comes_from_does_not_matter(instance: Instance, seed: int) -> None:
    made = world(seed)
    objects.make(instance, made.names)
    strangers = with_strangers(instance)
    settled(instance, made.here, made)
    there = settled(instance, made.there, made)
    assert strangers.items() <= there.items(), made
    forgotten(instance)
    fresh = settled(instance, made.there, made)
    if not made.keeps_others:
        of_us = fresh.keys() - {"rdsadmin", instance.master}  # they have the roles that they make, on MariaDB
        found = differing(*({name: side[name] for name in of_us} for side in (there, fresh)))
        assert not found, "\n".join([str(made), *found])
    removed(instance, made)


def removed(instance: Instance, made: World) -> None:
    remove(master(instance), made.there.managed_by, timeouts=TIMEOUTS)
    assert not remove(master(instance), made.there.managed_by, timeouts=TIMEOUTS).plan, made


def settled(instance: Instance, spec: AccessSpec, made: World) -> Dump:
    """After one run, and a second that does nothing."""
    gone(instance, spec)
    found = dumped(instance)
    again = gone(instance, spec)
    assert again.plan == (), (str(made), again.plan)
    assert not differing(found, dumped(instance)), str(made)
    proof = prove(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets())
    assert not (proof.violations or proof.plan or proof.conflicts or proof.left), (str(made), proof)
    assert preview(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets()).plan == (), str(made)
    return found


def gone(instance: Instance, spec: AccessSpec) -> Summary:
    return converge(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets())


def with_strangers(instance: Instance) -> Dump:
    """Accounts and roles that nobody manages, and that have rights; what is said of them."""
    with instance.superuser() as root:
        for statement in (
            "CREATE ROLE stranger_role",
            "CREATE USER stranger IDENTIFIED BY 'x' REQUIRE NONE",
            "CREATE USER stranger@'10.%' IDENTIFIED BY 'x' ACCOUNT LOCK",
            "GRANT SELECT, INSERT ON app.* TO stranger WITH GRANT OPTION",
            "GRANT SELECT ON *.* TO stranger@'10.%'",
            "GRANT stranger_role TO stranger WITH ADMIN OPTION",
        ):
            rows(root, statement)
    found = dumped(instance)
    return {name: found[name] for name in ("stranger", "stranger_role")}
