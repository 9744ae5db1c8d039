"""An overview for a pull request, a step's summary or a wiki. No name in it leaves its cell."""

from collections.abc import Iterator, Sequence
from typing import Final

from db_access.wording import one_line
from keyless.fleet.found import Result, State
from keyless.fleet.shown.counts import counted, databases, names, reason
from keyless.markdown import code

_ROWS: Final = 1000
_ADMINS: Final = 20


def overview(results: Sequence[Result]) -> str:
    amiss = [row for result in results if result.state is not State.FINE for row in _rows(result)]
    fine = [result.cluster for result in results if result.state is State.FINE]
    lines = [f"**{counted(results)}**", "", *_table(("state", "cluster", "database", "first reason"), amiss)]
    if fine:
        lines += [
            f"<details><summary>{len(fine):,} fine</summary>",
            "",
            ", ".join(map(code, fine)),
            "",
            "</details>",
            "",
        ]
    admins = [(code(one.cluster), _cell(names(one.admins, _ADMINS))) for one in results if one.admins is not None]
    return "\n".join([*lines, *_table(("cluster", "administrators"), admins)])


def _rows(result: Result) -> Iterator[tuple[str, ...]]:
    for found in databases(result):
        yield found.label, code(result.cluster), _cell(found.database or "-"), _cell(reason(found))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows[:_ROWS])
    if len(rows) > _ROWS:
        yield from ("", f"and {len(rows) - _ROWS:,} more")
    yield ""


def _cell(text: str) -> str:
    """A bar would end the cell, even within backticks."""
    return code(one_line(text).replace("|", "\\|")) if text else ""
