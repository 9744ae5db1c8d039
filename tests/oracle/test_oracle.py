"""Who can do what, tried out: as the spec says after each run, and as the proof says when somebody has interfered.

With ORACLE_TRIPLES random worlds are made until so many triples of user, object and privilege have been tried; the test's
name has the first world's seed, and ORACLE_SEED goes back to it.
"""

import os
import random
import time
from collections.abc import Callable
from dataclasses import astuple

import pytest

from keyless.rehearsal.servers.postgres import Postgres
from tests.oracle.round import in_database
from tests.oracle.tally import PROPERTY, Tally
from tests.oracle.world.world import Maker

_WANTED = int(os.environ.get("ORACLE_TRIPLES", "0"))
_SEEDS = (
    [int(os.environ.get("ORACLE_SEED") or random.SystemRandom().randrange(10**9))] if _WANTED else [1, 2, 3, 4, 5, 6]
)


@pytest.mark.parametrize("seed", _SEEDS)
def test_what_users_can_do_is_what_spec_and_proof_say(
    postgres: Postgres, seed: int, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    while tally.triples < max(_WANTED, 1):
        tally += agreed(postgres, seed + tally.worlds)
    record_property(PROPERTY, astuple(tally))


def agreed(postgres: Postgres, seed: int) -> Tally:
    """The world of this seed; raises where it doesn't agree."""
    start = time.perf_counter()
    with postgres.connect() as connection:
        world = Maker(seed, connection.info.server_version).world()
    with in_database(postgres, world) as here:
        try:
            here.run()
        except Exception as error:
            error.add_note(f"in world {seed}, after {here.done}")
            raise
    assert not here.amiss, "\n".join([f"world {seed} disagrees, after {here.done}:", *here.amiss[:50]])
    return here.tally + Tally(seconds=time.perf_counter() - start)
