"""Figures as a table for people (also markdown) and as JSON for programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.figures import LATENCY, Figures
from bench.workload import Size

_WHAT = {
    "limit": "the limit: one message, all grantees and tables named, no questions, no proof",
    "one by one": "one statement for each user and schema, one round trip each",
    "first": "first apply, with proof",
    "no-op": "nothing to do, with proof",
    "repair": "one revoked grant, repaired and proven",
}
_HEAD = ("", "cold", "warm", "x limit", f"{LATENCY * 1000:.0f} ms away", "x limit", "round trips", "sent", "memory")


def markdown(size: Size, figures: Figures) -> str:
    rows = [
        _HEAD,
        tuple("---" for _ in _HEAD),
        *(_row(what, figures) for what in _WHAT if figures.median(what, "warm")),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    table = "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )
    return f"### {_title(size)}\n\n{table}\n\n{_written(figures)}\n"


def _title(size: Size) -> str:
    through = " through groups" if size.through_groups else ""
    return f"{size.name}: {size.schemas} schemas x {size.tables} tables, {size.users:,} users{through}"


def _row(what: str, figures: Figures) -> tuple[str, ...]:
    cells = [_milliseconds(figures.median(what, "cold"))]
    for how in ("warm", "far"):
        seconds, limit = figures.median(what, how), figures.median("limit", how)
        cells += [_milliseconds(seconds), f"{seconds / limit:.2f}" if seconds and limit else ""]
    memory = f"{figures.peak_mb[what]:.0f} MB" if what in figures.peak_mb else ""
    return (
        _WHAT[what],
        *cells,
        str(figures.round_trips.get(what, "")),
        f"{figures.sent.get(what, 0) / 1000:.0f} kB",
        memory,
    )


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:,.0f} ms"


def _written(figures: Figures) -> str:
    wrote = figures.written
    return (
        f"A run with nothing to do wrote {wrote['wal_bytes']} bytes of WAL and took {wrote['transaction_ids']} "
        "transaction ids."
    )


def as_json(measured: Mapping[Size, Figures]) -> list[dict[str, Any]]:
    return [
        {
            "size": size.name,
            "schemas": size.schemas,
            "tables": size.tables,
            "users": size.users,
            "seconds": {f"{what}, {how}": values for (what, how), values in figures.seconds.items()},
            "round_trips": figures.round_trips,
            "bytes_sent": figures.sent,
            "peak_mb": figures.peak_mb,
            "no_op_wrote": figures.written,
        }
        for size, figures in measured.items()
    ]


def lines(measured: Mapping[Size, Figures]) -> Iterator[str]:
    for size, figures in measured.items():
        yield markdown(size, figures)
