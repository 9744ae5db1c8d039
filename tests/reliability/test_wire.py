"""The wire that the benchmark counts with and that the other tests break runs on: it counts what happened, and delays
by what it says."""

import time

import psycopg
import pytest

from bench.wire import Wire
from tests.conftest import Database
from tests.reliability.faults import conninfo, dial, wired


@pytest.mark.parametrize("queries", [0, 1, 7])
def test_every_round_trip_is_counted_once(database: Database, queries: int) -> None:
    with wired(database) as wire:
        with psycopg.connect(conninfo(wire), autocommit=True, prepare_threshold=None) as connection:
            for _ in range(queries):
                connection.execute("SELECT repeat('x', 200000)")
        counts = wire.counted()
    assert (counts.connections, counts.round_trips) == (1, 1 + 1 + queries + 1)  # TCP, log-in, the queries, the goodbye


def test_a_round_trip_takes_at_least_as_long_as_it_is_to(database: Database) -> None:
    with (
        Wire(lambda: dial(database), 0.05) as wire,
        psycopg.connect(conninfo(wire), autocommit=True, prepare_threshold=None) as connection,
    ):
        begin = time.monotonic()
        for _ in range(4):
            connection.execute("SELECT 1")
        assert time.monotonic() - begin >= 4 * 0.05
