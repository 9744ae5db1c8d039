"""Who can do what, tried out: after every run what the spec says and nothing else, whatever the server was before.

Worlds are made from seeds: MYSQL_SEEDS=0-99 tries so many. A failing one is named by the test.
"""

import pytest

from db_access.mysql.reconcile import converge
from tests.mysql.engine.specs import TIMEOUTS, master
from tests.mysql.oracle.compare import amiss, place_of
from tests.mysql.oracle.seeds import SEEDS
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.world import secrets, world
from tests.mysql.servers import Instance


@pytest.mark.parametrize("seed", SEEDS)
def test_what_users_can_do_is_what_the_spec_says(instance: Instance, seed: int) -> None:
    made = world(seed)
    objects.make(instance, made.names)
    for spec in (made.here, made.there):
        converge(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets())
        objects.make_late(instance, made.names)
        found = amiss(instance, spec, place_of(made.names, objects.LATE))
        assert not found, "\n".join([str(made), *found[:30]])
        objects.drop_late(instance, made.names)
