"""Ratios as a table for people (also markdown), and all figures as JSON for programs."""

from collections.abc import Mapping
from typing import Any

from bench.figures import LATENCY
from bench.mysql.figures import Figures
from bench.workload import Size

_WHAT = {
    "one by one": "one statement for each user and schema, one round trip each; no questions, no proof",
    "preview": "what a first run would do, as `keyless plan` shows it",
    "first": "first run, with proof",
    "no-op": "nothing to do, with proof",
    "repair": "one revoked right, repaired and proven",
    "prove": "the proof alone, as `keyless prove`",
}
_HEAD = ("", "x one by one", f"x one by one, {LATENCY * 1000:.0f} ms away", "round trips", "sent")
Measured = Mapping[tuple[str, Size], Figures]
"""By server and size."""


def markdown(server: str, size: Size, figures: Figures) -> str:
    rows = [_HEAD, tuple("---" for _ in _HEAD), *(_row(what, figures) for what in _WHAT)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    table = "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )
    title = f"{server}, {size.name}: {size.schemas} schemas x {size.tables} tables, {size.users:,} users"
    return f"### {title}\n\n{table}\n"


def _row(what: str, figures: Figures) -> tuple[str, ...]:
    ratios = (f"{figures.ratio(what, how):.2f}" for how in ("near", "far"))
    return _WHAT[what], *ratios, f"{figures.round_trips[what]:,}", f"{figures.sent[what] / 1000:,.0f} kB"


def as_json(measured: Measured) -> list[dict[str, Any]]:
    return [
        {
            "server": server,
            "size": size.name,
            "schemas": size.schemas,
            "tables": size.tables,
            "users": size.users,
            "seconds": {f"{what}, {how}": values for (what, how), values in figures.seconds.items()},
            "round_trips": figures.round_trips,
            "bytes_sent": figures.sent,
        }
        for (server, size), figures in measured.items()
    ]
