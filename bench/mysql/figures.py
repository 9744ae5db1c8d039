"""The measurement of one server and size: the engine and the statements one by one in turns, so that whatever else the
machine does is in both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from bench.figures import LATENCY
from bench.mysql.process import Process, started
from bench.mysql.stage import Rights, Stage
from bench.wire import Wire

ENGINE = ("preview", "first", "no-op", "repair", "prove")
"""In this order, each on what the one before has left."""


@dataclass
class Figures:
    """Seconds by (what, how): what is `one by one` or of the engine, how is `near` or `far`."""

    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    round_trips: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)

    def ratio(self, what: str, how: str) -> float:
        """To the statements one by one at the same distance."""
        return median(self.seconds[what, how]) / median(self.seconds["one by one", how])


def measure(stage: Stage, *, rounds: int) -> Figures:
    figures = Figures()
    stage.reset()
    with Wire(stage.dial, LATENCY) as wire, started(stage) as process:
        for _ in range(rounds):
            for how, port in (("near", stage.server.port), ("far", wire.port)):
                _one_round(figures, stage, process, how, port, wire)
    return figures


def _one_round(figures: Figures, stage: Stage, process: Process, how: str, port: int, wire: Wire) -> None:
    stage.reset()
    with _counted(figures, "one by one", wire):
        figures.seconds.setdefault(("one by one", how), []).append(process.run("one by one", port).seconds)
    wanted = stage.rights()
    stage.reset()
    for what in ENGINE:
        if what == "repair":
            stage.drift()
        with _counted(figures, what, wire):
            run = process.run(what, port)
        figures.seconds.setdefault((what, how), []).append(run.seconds)
        if bool(run.changes) != (what in ("preview", "first", "repair")):
            raise AssertionError(f"{what} had {run.changes} changes")
    _require_same(stage.rights(), wanted)


@contextmanager
def _counted(figures: Figures, what: str, wire: Wire) -> Iterator[None]:
    wire.counted()
    yield
    counts = wire.counted()
    if counts.connections:
        figures.round_trips[what] = max(counts.round_trips, figures.round_trips.get(what, 0))
        figures.sent[what] = counts.sent


def _require_same(left: Rights, wanted: Rights) -> None:
    if left != wanted:
        different = sorted(name for name in left.keys() | wanted.keys() if left.get(name) != wanted.get(name))
        raise AssertionError(
            f"the engine left other rights than the statements one by one did: {different[0]} has "
            f"{left.get(different[0])} instead of {wanted.get(different[0])}"
        )
