"""What a bundle's requirements file may say: packages, each with its exact version and the hashes of its files.

Whatever else pip obeys is refused before it runs: a URL or a folder, whose setup.py would run here whatever
`--only-binary` says; options, other files, and variables of the environment.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAME: Final = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_VERSION: Final = r"(?:\d+!)?\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?(?:\.dev\d+)?"
"""A public one (PyPA, Version specifiers). It can't end as an archive does: pip takes `thing==1.0.zip` for a file."""
_MARKER: Final = r"""[\w .,'"<>=!~()]+"""
_LOCKED: Final = re.compile(
    rf"{NAME}(?: ?\[{NAME}(?: ?, ?{NAME})*\])? ?== ?{_VERSION}(?: ?;{_MARKER})?(?: --hash=sha256:[0-9a-f]{{64}})+",
    re.ASCII,
)
_COMMENT: Final = re.compile(r"(^|\s)#.*")
_BEGINNING: Final = re.compile(r"[\w./-]{0,60}", re.ASCII)
"""As much of a refused line as is shown: it ends before a URL's password."""
_ALLOWED: Final = (
    "allowed: name[extras]==version [; marker] --hash=sha256:… for each file, and comments; no URL, path, option, "
    "other file or variable. Name the package in {source} and run `make lock`"
)


class NotLockedError(Exception):
    """A requirements file says something else than exact versions with hashes. pip wasn't run."""


def locked(requirements: Path) -> str:
    """What `requirements` says, in plain form: a package a line, at the line's own number.

    Raises:
        NotLockedError: with each line that isn't allowed.
    """
    lines = dict(logical_lines(requirements))
    if wrong := [f"{requirements}, line {at}: {_shown(line)}" for at, line in lines.items() if not _fits(line)]:
        raise NotLockedError("\n".join([*wrong, _ALLOWED.format(source=requirements.with_suffix(".in"))]))
    return "".join(lines.get(number, "") + "\n" for number in range(1, max(lines) + 1))


def _text(requirements: Path) -> str:
    try:
        return requirements.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NotLockedError(f"{requirements} is not a text in UTF-8; allowed: what `make lock` writes") from error


def logical_lines(requirements: Path) -> Iterator[tuple[int, str]]:
    """Each without comments, and with the number of the line that it begins on. Raises NotLockedError: not a text."""
    parts: list[str] = []
    for number, line in enumerate([*_text(requirements).splitlines(), ""], start=1):
        said = _COMMENT.sub("", line).rstrip()
        parts.append(said.removesuffix("\\"))
        if not said.endswith("\\"):
            yield number - len(parts) + 1, " ".join(" ".join(parts).split())
            parts = []


def _fits(line: str) -> bool:
    return not line or _LOCKED.fullmatch(line) is not None


def _shown(line: str) -> str:
    found = _BEGINNING.match(line)
    return f"`{found[0] if found else ''}…` is not a package with an exact version and hashes"
