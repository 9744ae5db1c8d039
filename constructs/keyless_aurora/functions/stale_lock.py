"""Whether a requirements.txt is behind the requirements.in that it is made from, by their names and exact versions.

uv decides what a lock says. This finds a `make lock` that was forgotten, and nothing that `make lock` wouldn't change:
ranges of versions aren't compared, nor whatever uv leaves out for the Pythons that it locks for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyless_aurora.functions.lock_file import NAME, logical_lines

_REQUIREMENT: Final = re.compile(
    rf"(?P<name>{NAME}) ?(?:\[[^]]*\])? ?(?:$|(?P<rest>[<>=!~;@(].*))",
    re.ASCII,
)
_INCLUDED: Final = re.compile(r"(?:-r|--requirement)[ =]?(?P<file>\S+)")
_EXACT: Final = re.compile(r"== ?(?P<version>\d+(?:\.\d+)*)(?: --hash.*)?", re.ASCII)
_MAY_BE_LEFT_OUT: Final = re.compile(r";.*python")
"""A marker that no locked Python may fulfil. One of a system or a machine stays in a universal lock."""


@dataclass(frozen=True)
class _Named:
    """A package that a line of a file asks for."""

    name: str
    rest: str
    """What the line says of its version, and its marker."""

    @property
    def version(self) -> str | None:
        """Where the line says one exactly, for every machine."""
        exact = _EXACT.fullmatch(self.rest)
        return exact["version"] if exact else None

    @property
    def may_be_left_out(self) -> bool:
        return _MAY_BE_LEFT_OUT.search(self.rest) is not None


def stale(source: Path) -> Iterator[str]:
    """What the requirements.in in the folder `source` asks for and the requirements.txt beside it doesn't have.

    Raises:
        NotLockedError: when one of them is not a text.
    """
    wanted, lock = source / "requirements.in", source / "requirements.txt"
    if not wanted.is_file():
        return
    locked = {named.name: named.version for named in _named(lock)} if lock.is_file() else {}
    for named in _named(wanted):
        if named.name not in locked:
            if not named.may_be_left_out:
                yield named.name
        elif _differ(named.version, locked[named.name]):
            yield f"{named.name} {named.version}"


def _named(file: Path, within: tuple[Path, ...] = ()) -> Iterator[_Named]:
    """Those of `file` and of the files that it includes."""
    for _, line in logical_lines(file):
        if included := _INCLUDED.fullmatch(line):
            other = (file.parent / included["file"]).resolve()
            if other.is_file() and other not in within:
                yield from _named(other, (*within, other))
        elif found := _REQUIREMENT.fullmatch(line):
            yield _Named(_normalized(found["name"]), found["rest"] or "")


def _normalized(name: str) -> str:
    """As PyPA's Names and normalization has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _differ(one: str | None, other: str | None) -> bool:
    """As PyPA's Version specifiers has it, 3.1 is 3.1.0."""
    short = {re.sub(r"(\.0+)+$", "", version) for version in (one, other) if version}
    return len(short) == 2
