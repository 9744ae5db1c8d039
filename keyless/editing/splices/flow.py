"""Changes of what stands in brackets: all of JSON, and YAML's flow style."""

import re
from collections.abc import Iterator
from typing import Final

from keyless.editing.splices.lines import next_line
from keyless.editing.splices.splice import Splice
from keyless.editing.trees import Node

_COMMA: Final = re.compile(r"\s*,")
_COMMA_BELOW: Final = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)+[ \t]*,")
"""Behind a comment, as where each line begins with the comma."""
_LINE_ENDS: Final = re.compile(r"[ \t]*(,?)[ \t]*(#[^\r\n]*)?(\r?\n)")


def added(text: str, node: Node, part: str, after: int | None = None) -> Iterator[Splice]:
    """`part`, a pair or an item, behind the one of number `after`, or the last."""
    if not node.parts:
        comments = text[node.start + 1 : node.end - 1].strip()
        yield Splice(node.end - 1 if comments else node.start + 1, node.end - 1, part)
        return
    index = len(node.parts) - 1 if after is None else after
    start, end = node.parts[index]
    _, line_feed, indent = text[node.start : start].rpartition("\n")
    line = _LINE_ENDS.match(text, end)
    if line and line_feed and not indent.strip(" \t"):
        yield from _on_its_own_line(line, end, indent, part)
    else:
        yield Splice(end, end, f", {part}")


def _on_its_own_line(line: "re.Match[str]", end: int, indent: str, part: str) -> Iterator[Splice]:
    """Behind the comment of the part above, whose comma stands before that."""
    if not line[1]:
        yield Splice(end, end, ",")
    yield Splice(line.start(3), line.start(3), f"{line[3]}{indent}{part}{line[1]}")


def removed(text: str, node: Node, index: int) -> Iterator[Splice]:
    """The item, with one comma. Comments around it stay."""
    start, end = node.parts[index]
    if (
        len(node.parts) == 1
        and not text[node.start + 1 : start].strip()
        and not text[end : node.end - 1].strip(", \t\r\n")
    ):
        yield Splice(node.start + 1, node.end - 1, "")
        return
    comma = _COMMA.match(text, end)
    if index and index == len(node.parts) - 1:
        yield from _last_removed(text, node.parts[index - 1][1], start, end, comma)
        return
    if not comma and (below := _COMMA_BELOW.match(text, end)):
        yield Splice(below.end() - 1, below.end(), "")
    yield _with_its_line(text, start, comma.end() if comma else end)


def _last_removed(text: str, above: int, start: int, end: int, comma: "re.Match[str] | None") -> Iterator[Splice]:
    """The one above is the last one then, and has a comma behind it only where this one had.

    Args:
        above: where the one above ends.
        comma: behind this one.
    """
    between = text[above:start]
    if between.strip() == "," and not (comma and "\n" in between):
        yield Splice(above, end, "")
        return
    if not comma and (its_comma := _COMMA.match(text, above)):
        yield Splice(its_comma.end() - 1, its_comma.end(), "")
    yield _with_its_line(text, start, comma.end() if comma else end)


def _with_its_line(text: str, start: int, end: int) -> Splice:
    """The line goes, too, if nothing else is on it; otherwise the blanks behind."""
    line = text.rfind("\n", 0, start) + 1
    if not text[line:start].strip() and not text[end : next_line(text, end)].strip():
        return Splice(line, next_line(text, end), "")
    behind = re.compile(r"[ \t]*").match(text, end)
    return Splice(start, behind.end() if behind else end, "")
