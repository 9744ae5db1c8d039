"""Findings as a table for a pull request. No name in them leaves its cell."""

from collections.abc import Iterable, Sequence

from db_access.wording import listed, one_line
from keyless.effective.asking import Finding
from keyless.effective.shown.counted import counted, ordered
from keyless.markdown import code


def table(findings: Sequence[Finding], question: str) -> str:
    lines = [f"**{_cell(question)}**: {counted(findings)}", ""]
    if findings:
        lines += ["| who | can | on | by | lacks |", "|---|---|---|---|---|"]
    for finding in ordered(findings):
        routes = "<br>".join(f"{route.way}: {_cell(route.sentence)}" for route in finding.routes)
        cells = [_cell(finding.role), finding.privilege, _cell(finding.thing.shown), routes, _lacks(finding.lacks)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _lacks(lacks: Iterable[str]) -> str:
    found = tuple(lacks)
    return _cell(listed(found)) if found else ""


def _cell(text: str) -> str:
    """A bar would end the cell, even within backticks."""
    return code(one_line(text).replace("|", "\\|"))
