"""The measurement of one size. Each figure is a median of runs spread over the whole measurement."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

from bench import baselines, runs
from bench.runs import Run
from bench.stage import Stage
from bench.wire import Wire

LATENCY = 0.005
"""Seconds per round trip: less between two availability zones, more from a pipeline outside AWS."""


@dataclass
class Figures:
    """Seconds by (what, how): what is `limit`, `one by one`, `first`, `no-op`, `repair`; how is `cold`, `warm`,
    `far`."""

    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    round_trips: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, how: str, run: Run) -> None:
        self.seconds.setdefault((what, how), []).append(run.seconds)
        if run.peak_mb:
            self.peak_mb[what] = max(run.peak_mb, self.peak_mb.get(what, 0))

    def median(self, what: str, how: str) -> float | None:
        return median(self.seconds[what, how]) if (what, how) in self.seconds else None


def measure(stage: Stage, *, rounds: int, with_one_by_one: bool) -> Figures:
    figures = Figures()
    with Wire(stage.dial, LATENCY) as wire:
        far = stage.conninfo_through(wire)
        for number in range(rounds):
            _baselines(figures, stage, wire, with_one_by_one and number == 0)
            for how, conninfo, run in (
                ("cold", stage.conninfo, runs.cold),
                ("warm", stage.conninfo, runs.warm),
                ("far", far, runs.warm),
            ):
                _engine(figures, stage, how, partial(run, stage, conninfo), wire)
    figures.written = written_by(stage, lambda: runs.warm(stage, stage.conninfo, before=lambda: None))
    return figures


def _baselines(figures: Figures, stage: Stage, wire: Wire, with_one_by_one: bool) -> None:
    far = stage.conninfo_through(wire)
    for how, conninfo in (("warm", stage.conninfo), ("far", far)):
        stage.reset()
        wire.counted()
        figures.add("limit", how, runs.as_one_message(conninfo, baselines.limit(stage.size)))
        _count(figures, "limit", wire)
        if with_one_by_one:
            limits = stage.rights()
            stage.reset()
            wire.counted()
            figures.add("one by one", how, runs.one_by_one(conninfo, baselines.one_by_one(stage.size)))
            _count(figures, "one by one", wire)
            _require_same("one by one", stage.rights(), limits)


def _engine(figures: Figures, stage: Stage, how: str, run: Callable[..., Run], wire: Wire) -> None:
    limits = stage.rights()  # of the run before, which ended with the same rights
    stage.reset()
    for what in ("first", "no-op", "repair"):

        def before(drifted: bool = what == "repair") -> None:
            if drifted:
                stage.drift()
            wire.counted()

        figures.add(what, how, run(before, first=what == "first"))
        _count(figures, what, wire)
    _require_same("the engine", stage.rights(), limits)


def _count(figures: Figures, what: str, wire: Wire) -> None:
    counts = wire.counted()
    if counts.connections:
        figures.round_trips[what] = max(counts.round_trips, figures.round_trips.get(what, 0))
        figures.sent[what] = counts.sent


def _require_same(who: str, rights: list[tuple[Any, ...]], limits: list[tuple[Any, ...]]) -> None:
    if rights != limits:
        raise AssertionError(f"{who} left other rights than the limit did: {rights} instead of {limits}")


def written_by(stage: Stage, run: Callable[[], object]) -> dict[str, int]:
    """What a no-op wrote: bytes of write-ahead log, and transactions that took an id, without which no row is
    written."""
    query = "SELECT pg_current_wal_insert_lsn() - '0/0', pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    run()  # the first reader prunes pages after earlier writers, and logs that
    with stage.superuser() as connection:
        (before,) = connection.execute(query).fetchall()
        run()
        (after,) = connection.execute(query).fetchall()
    return {"wal_bytes": int(after[0] - before[0]), "transaction_ids": int(after[1] - before[1])}
