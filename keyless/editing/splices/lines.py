"""Lines of a text: where one begins and ends, and with what."""

import re
from typing import Final

_REST: Final = re.compile(r"[^\n]*\n?")


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def next_line(text: str, at: int) -> int:
    """Behind the line that `at` is in, its end included."""
    rest = _REST.match(text, at)
    return rest.end() if rest else at


def column(text: str, at: int) -> int:
    """From 0; a byte order mark takes no place."""
    return len(text[line_start(text, at) : at].removeprefix("\ufeff"))


def line_end(text: str) -> str:
    """As the text ends its lines; the first one stands for all."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def whole_lines(text: str, at: int, lines: list[str]) -> str:
    """`lines` to be put in where a line begins, or at the end of a text whose last line doesn't end."""
    end = line_end(text)
    if at and text[at - 1] != "\n":
        return end + end.join(lines)
    return end.join([*lines, ""])
