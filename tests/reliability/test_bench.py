"""The benchmark measures the engine as it is: it runs through, and refuses an engine that ends elsewhere than the
baselines."""

from dataclasses import replace

import pytest

from bench import baselines
from bench.figures import measure
from bench.stage import staged
from bench.workload import SIZES, Size

TINY = replace(SIZES["small"], name="tiny")


@pytest.mark.parametrize("size", [TINY, replace(TINY, through_groups=True)], ids=["direct", "through groups"])
def test_the_engine_and_the_baselines_end_with_the_same_rights(size: Size) -> None:
    with staged(size) as stage:
        figures = measure(stage, rounds=1, with_one_by_one=not size.through_groups)
    assert {what for what, how in figures.seconds if how == "cold"} == {"first", "no-op", "repair"}
    assert figures.written == {"wal_bytes": 0, "transaction_ids": 0}


def test_an_engine_that_ends_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = baselines.limit
    monkeypatch.setattr(baselines, "limit", lambda size: [*limit(size), "ALTER ROLE u0000 CONNECTION LIMIT 7"])
    with staged(TINY) as stage, pytest.raises(AssertionError, match="the engine left other rights than the limit did"):
        measure(stage, rounds=1, with_one_by_one=False)
