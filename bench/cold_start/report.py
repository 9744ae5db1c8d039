"""The figures as a table for people (also markdown) and as JSON for programs."""

from dataclasses import asdict
from typing import Any

from bench.cold_start.contenders import ALL, FLOOR, Contender
from bench.cold_start.figures import FIRST_CALL_MS, FIRST_RATIO, LATER_US, Figures
from bench.cold_start.quota import SHARE

_HEAD = ("", "import", "+ first token", "x psycopg", "later tokens", f"first call at {SHARE:.1%} CPU", "its CPU")


def markdown(figures: Figures) -> str:
    rows = [_HEAD, tuple("---" for _ in _HEAD), *(_row(figures, contender) for contender in ALL)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    table = "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )
    how = "measured in a control group" if figures.quota else "the processor time divided by the share"
    goals = f"Goals: {FIRST_RATIO} x psycopg, {FIRST_CALL_MS:.0f} ms, {LATER_US:.0f} µs."
    said = " ".join(f"Missed: {missed}." for missed in figures.missed()) or "All are met."
    layer = figures.layer
    sizes = (
        f"The layer for Lambda has {layer.unpacked:.1f} MB, {layer.libraries:.1f} of them shared libraries; packed, as "
        f"Lambda stores and loads it, {layer.packed:.1f} MB."
    )
    return f"### cold-start\n\n{table}\n\nThe first call is {how}. {goals} {said} {sizes}\n"


def _row(figures: Figures, contender: Contender) -> tuple[str, ...]:
    floor = figures.started(FLOOR)
    later, own = figures.median(contender, "later token"), contender != FLOOR
    return (
        contender.name,
        _ms(figures.median(contender, "import")),
        _ms(figures.started(contender)) if own else "",
        f"{figures.started(contender) / floor:.2f}",
        f"{later * 1e6:,.0f} µs" if later and own else "",
        _ms(figures.call(contender)),
        _ms(figures.median(contender, "call's cpu")),
    )


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.0f} ms"


def as_json(figures: Figures) -> dict[str, Any]:
    return {
        "quota": figures.quota,
        "layer_mb": asdict(figures.layer),
        "missed": figures.missed(),
        "seconds": {f"{name}, {what}": values for (name, what), values in figures.seconds.items()},
    }
