"""How names and lists are written in a sentence for people. Pure.

A sentence is short whatever the number of names in it, and stays on one line whatever is in them.
"""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final

COMMAND: Final = "##["
"""Begins a command to GitHub's runner, wherever it stands (actions/runner, ActionCommand.TryParse)."""
LONGEST: Final = 100
"""Characters of a value that a sentence shows; PostgreSQL's names have 63 bytes."""
SHOWN: Final = 3
"""Names of a longer list that a sentence shows."""


def one_line(text: str) -> str:
    """`text` with a space for each line break, and `visible`: no name can start a line."""
    return visible(text if text.isprintable() else "".join(" " if letter.isspace() else letter for letter in text))


def visible(text: str) -> str:
    """`text` with an escape for each character that doesn't print, line feeds aside: no name speaks to a terminal, and
    none turns what comes after it around. Nor to a runner of GitHub's, which looks for `##[` anywhere in a line."""
    text = text.replace(COMMAND, "#\\x23[")
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else escaped(letter) for letter in text)


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8, which bytes of something else from a command line or a variable can't."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def escaped(letter: str) -> str:
    """As Python writes it: `\\x1b`, `\\u202e`."""
    return letter.encode("unicode_escape").decode()


def json_text(document: object) -> str:
    """JSON with line feeds between its parts, and an escape for each character that doesn't print."""
    text = json.dumps(document, indent=2, ensure_ascii=False).replace(COMMAND, "#\\u0023[")
    if text.replace("\n", "").isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else _in_json(letter) for letter in text)


def _in_json(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else json.dumps(letter)[1:-1]


def quoted(text: str) -> str:
    """`text` as it is where nothing in it could mislead; otherwise in quotes, what doesn't print as an escape."""
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable()).replace(COMMAND, "#\\u0023[")


def cited(text: str) -> str:
    """`text` in quotes, what doesn't print as an escape, and not all of a long one."""
    return repr(cut(text))


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def listed(items: Collection[str], *, count: int | None = None, separator: str = ", ") -> str:
    """`a, b, c and 2 more`. One item too many is shown rather than counted.

    Args:
        count: how many there are, when `items` are the first few of them.
    """
    total = len(items) if count is None else count
    shown = items if total <= SHOWN + 1 else list(islice(items, SHOWN))
    return and_more(separator.join(shown), total - len(shown))


def first(items: Iterable[str], most: int, total: int) -> list[str]:
    """The first `most` of `total` items, and an item that counts the others."""
    return [*islice(items, most), *([more(total - most)] if total > most else [])]


def fitting(items: Sequence[str], room: int) -> tuple[list[str], int]:
    """The first items that fit into `room` characters as lines, and how many are left out."""
    shown: list[str] = []
    for item in items:
        room -= len(item) + 1
        if room < 0:
            break
        shown.append(item)
    return shown, len(items) - len(shown)


def and_more(text: str, left: int) -> str:
    """`text and 2 more`, or `text` alone when nothing is left."""
    return f"{text} {more(left)}" if left > 0 else text


def more(left: int) -> str:
    return f"and {left:,} more"
