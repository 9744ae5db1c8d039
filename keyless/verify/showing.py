"""Shows a verify's result to the operator, and writes it for machines."""

import sys
from pathlib import Path
from typing import Final

from rich.console import Console

from keyless.rehearsal.lines.report import shown
from keyless.rehearsal.lines.report.evidence import show_unmeasured
from keyless.verify import evidence

DIFFERENT: Final = 1


def show(found: evidence.Verified, file: Path | None, *, rehearsed: bool) -> int:
    """The evidence, the table and the points; returns the exit status. Raises EvidenceError, after all was shown."""
    try:
        if file:
            evidence.write(found.as_json(rehearsed=rehearsed), file)
    finally:
        _show(found)
    return status(found)


def status(found: evidence.Verified) -> int:
    return 0 if all(line.holds for line in found.lines) else DIFFERENT


def _show(found: evidence.Verified) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140)
    shown.show(list(found.lines), console)
    shown.show_rows(found.rights.rows, (), console)
    show_unmeasured([*found.rights.notes, *found.notes], console)
    for point, answer in found.points:
        console.print(f"{answer.verdict}: {point.asks}: {answer.evidence}", markup=False)
    for waits in found.waits:
        console.print(str(waits), markup=False)
