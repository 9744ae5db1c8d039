"""A run from any spec to any other, looked at before each of its statements, and ended at some: nobody ever has more than
one of the two specs gives, what failed is put back, and the next run goes on.

MYSQL_SEEDS=0-99 tries so many worlds; MYSQL_ENDINGS=20 ends each run at so many of its statements.
"""

import os
import random
from contextlib import suppress

import pytest

from db_access.errors import AccessError
from db_access.mysql.reconcile import converge, preview
from tests.mysql.engine.doing import forgotten
from tests.mysql.engine.specs import TIMEOUTS, master
from tests.mysql.oracle.compare import amiss
from tests.mysql.oracle.doing import Place
from tests.mysql.oracle.seeds import SEEDS
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.world import World, secrets, world
from tests.mysql.properties.between import Between
from tests.mysql.properties.watching import Died, Ending, Watched
from tests.mysql.servers import Instance

_ENDINGS = int(os.environ.get("MYSQL_ENDINGS", "1"))


@pytest.mark.parametrize("seed", SEEDS[1:] or SEEDS)
def test_nobody_ever_has_more_than_one_of_two_specs_gives(instance: Instance, seed: int) -> None:
    made, between = _begun(instance, seed)
    found: list[str] = []

    def look(written: list[str]) -> None:
        found.extend(f"after {len(written)} ({written[-1:]}): {each}" for each in between.amiss())

    watched = Watched(instance, look)
    converge(watched.connect, made.there, timeouts=TIMEOUTS, read_secret=secrets())
    found += between.amiss()
    assert not found, "\n".join([str(made), *watched.written, *found[:20]])


@pytest.mark.parametrize("seed", SEEDS[1:] or SEEDS)
def test_a_run_that_ends_anywhere_is_gone_on_with(instance: Instance, seed: int) -> None:
    made, between = _begun(instance, seed)
    watched = Watched(instance)
    converge(watched.connect, made.there, timeouts=TIMEOUTS, read_secret=secrets())
    rng = random.Random(seed)
    many = len(watched.written)
    for last in sorted(rng.sample(range(many), min(_ENDINGS, many))):
        for ending in Ending:
            found = _ended(instance, made, between, Watched(instance, last=last, ending=ending))
            assert not found, "\n".join(
                [str(made), f"{ending}, {last} of {many}: {watched.written[last]}", *found[:20]]
            )


def _ended(instance: Instance, made: World, between: Between, watched: Watched) -> list[str]:
    """From the first spec to the second, ended on the way, and again."""
    forgotten(instance)
    converge(master(instance), made.here, timeouts=TIMEOUTS, read_secret=secrets())
    found = []
    with suppress(Died):
        try:
            converge(watched.connect, made.there, timeouts=TIMEOUTS, read_secret=secrets())
        except AccessError:
            found += [f"after putting back: {each}" for each in between.as_before()]
    found += between.amiss()
    converge(master(instance), made.there, timeouts=TIMEOUTS, read_secret=secrets())
    found += [f"at the end: {each}" for each in amiss(instance, made.there, between.place)]
    left = preview(master(instance), made.there, timeouts=TIMEOUTS, read_secret=secrets()).plan
    return [*found, *(f"left to do: {change}" for change in left)]


def _begun(instance: Instance, seed: int) -> tuple[World, Between]:
    made = world(seed)
    objects.make(instance, made.names)
    converge(master(instance), made.here, timeouts=TIMEOUTS, read_secret=secrets())
    return made, Between(instance, made, Place(dict.fromkeys(made.names.schemas, made.names.tables), made.names.column))
