"""Whose refusals a file may name: those of the server that is there, for another refuses nothing."""

from collections.abc import Iterator
from typing import Final

from keyless.rehearsal.own_lines.model import RefusedExpectation, RehearsalFile

_REFUSING: Final = {"PostgreSQL": ("PostgreSQL",), "MySQL": ("MySQL",), "MariaDB": ("MySQL", "MariaDB")}
"""By the server. Functions are written for both of MySQL's family, so that one file serves both: `by: MySQL`."""
_ALL: Final = frozenset(name for names in _REFUSING.values() for name in names)


def of_others(file: RehearsalFile, server: str) -> Iterator[tuple[list[str | int], str]]:
    """Place and sentence of each refusal by a server that isn't there."""
    named = _REFUSING[server]
    for index, line in enumerate(file.lines):
        by = line.expect.refused.by if isinstance(line.expect, RefusedExpectation) else ""
        if by in _ALL - {*named}:
            said = f"lines[{index}].expect.refused.by is {by}, and the database's server is {server}"
            allowed = f"{', '.join(named)}, IAM or function"
            yield ["lines", index, "expect", "refused", "by"], f"{said}; allowed: {allowed}"
