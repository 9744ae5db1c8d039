"""A row for each database, for a terminal."""

from collections.abc import Iterator, Sequence

from db_access.wording import one_line
from keyless.fleet.found import Result
from keyless.fleet.shown.counts import counted, databases, names, reason

_LONGEST, _ADMINS = 200, 10
_Row = tuple[str, str, str, str]


def table(results: Sequence[Result]) -> str:
    rows = [("state", "cluster", "database", "first reason"), *(row for result in results for row in _rows(result))]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join([*map(str.ljust, row, widths), row[3]]).rstrip() for row in rows]
    asked = [result for result in results if result.admins is not None]
    if asked:
        lines += ["", "administrators", *(f"{one.cluster}: {names(one.admins or (), _ADMINS)}" for one in asked)]
    return "\n".join([*lines, "", counted(results)]) + "\n"


def _rows(result: Result) -> Iterator[_Row]:
    for found in databases(result):
        yield found.label, result.cluster, one_line(found.database or "-"), reason(found, _LONGEST)
