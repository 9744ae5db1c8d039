"""The measurement: each contender once in each round, so that what else the machine does meets all of them alike."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from bench.cold_start.contenders import ALL, FLOOR, OURS, Contender, LayerSize, Places, layer_size, run
from bench.cold_start.places import HOST, Place, a_place
from bench.cold_start.quota import SHARE, quota

FIRST_RATIO, FIRST_CALL_MS, LATER_US = 1.1, 60.0, 100.0
"""Goals: import and first token beside psycopg's import, the first call within the quota, each later token."""
_IMPORT: Final = "import"


@dataclass
class Figures:
    quota: bool
    """Whether there was a control group; without, a call's time is its processor time by the share."""
    layer: LayerSize
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    """By contender and what."""

    def add(self, contender: Contender, measured: dict[str, float]) -> None:
        for what, seconds in measured.items():
            self.seconds.setdefault((contender.name, what), []).append(seconds)

    def median(self, contender: Contender, what: str) -> float | None:
        found = self.seconds.get((contender.name, what))
        return median(found) if found else None

    def started(self, contender: Contender) -> float:
        """Import and first token; of the floor, which has none, its import."""
        token = 0.0 if contender == FLOOR else self.median(contender, "first token")
        return (self.median(contender, _IMPORT) or 0) + (token or 0)

    def call(self, contender: Contender) -> float | None:
        """Of the first call, within the quota."""
        cpu = self.median(contender, "call's cpu")
        return self.median(contender, "call") if self.quota else cpu and cpu / SHARE

    def missed(self) -> list[str]:
        """The goals that weren't reached."""
        ratio = self.started(OURS) / self.started(FLOOR)
        call, later = (self.call(OURS) or 0) * 1e3, (self.median(OURS, "later token") or 0) * 1e6
        return [
            f"{what} is {value:.2f} {unit}; the goal: at most {goal}"
            for what, value, unit, goal in (
                ("import and first token", ratio, "x psycopg's import", FIRST_RATIO),
                ("the first call", call, "ms", FIRST_CALL_MS),
                ("a later token", later, "µs", LATER_US),
            )
            if value > goal
        ]


def measure(folder: Path, *, rounds: int) -> Figures:
    print("cold start: installing what is measured ...", file=sys.stderr, flush=True)
    places = Places.made(folder / "packages")
    with a_place(folder) as place, quota() as limit:
        figures = Figures(limit is not None, layer_size(folder / "for-lambda"))
        for _ in range(rounds):
            for contender in ALL:
                figures.add(contender, _asked(contender, places, place))
            for contender in (each for each in ALL if each != FLOOR):
                called = _asked(contender, places, place, call=True, limit=limit)
                figures.add(contender, {what: value for what, value in called.items() if what != _IMPORT})
        return figures


def _asked(
    contender: Contender, places: Places, place: Place, *, call: bool = False, limit: Path | None = None
) -> dict[str, float]:
    job = {
        "app": f"bench.cold_start.apps.{contender.app}",
        "paths": places.paths(contender),
        "host": HOST,
        "address": place.address,
        "call": call,
        "quota": str(limit) if limit else None,
    }
    measured: dict[str, float] = json.loads(run(json.dumps(job), place.environment))
    return measured
