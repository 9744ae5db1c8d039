"""Changes of what YAML marks by indentation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from keyless.editing.errors import NotEditableError
from keyless.editing.splices.lines import column, line_start, next_line, whole_lines
from keyless.editing.splices.splice import Splice
from keyless.editing.splices.values import as_yaml
from keyless.editing.trees import Node


def item_added(text: str, sequence: Node, value: Mapping[str, Any]) -> Splice:
    """A mapping as the last item, below the comments of the one before."""
    dash = column(text, sequence.start)
    at = _below_comments(text, next_line(text, sequence.end), deeper_than=dash)
    return Splice(at, at, whole_lines(text, at, item_lines(value, dash)))


def item_lines(value: Mapping[str, Any], dash: int) -> list[str]:
    pairs = [f"{as_yaml(field)}: {as_yaml(item)}" for field, item in value.items()]
    return [f"{' ' * dash}{'  ' if number else '- '}{pair}" for number, pair in enumerate(pairs)]


def _below_comments(text: str, at: int, *, deeper_than: int) -> int:
    comments = re.compile(rf"(?:[ ]{{{deeper_than + 1},}}#[^\n]*\n)*")
    found = comments.match(text, at)
    return found.end() if found and text[at - 1 : at] == "\n" else at


def item_removed(text: str, sequence: Node, index: int) -> Iterator[Splice]:
    """The lines from the item's dash to its end. The comments above and below it stay."""
    yield _without_lines(text, _dash(text, sequence, index), sequence.items[index].end)


def _dash(text: str, sequence: Node, index: int) -> int:
    """Where the line with the item's dash begins."""
    from_ = sequence.items[index - 1].end if index else line_start(text, sequence.start)
    found = list(re.compile(r"^[ \ufeff]*-(?=\s)", re.MULTILINE).finditer(text, from_, sequence.items[index].start))
    if not found:
        raise NotEditableError("the item's dash doesn't begin a line")
    return found[-1].start()


def emptied(text: str, key: Node, sequence: Node) -> Iterator[Splice]:
    """The list's only item, after which it is `[]`."""
    colon = behind_colon(text, key)
    yield Splice(colon, colon, " []")
    yield from item_removed(text, sequence, 0)


def field_added(text: str, mapping: Node, field: str, written: str, after: int | None = None) -> Splice:
    """A field on a line of its own, below the one of number `after`, or the last."""
    _, end = mapping.parts[-1 if after is None else after]
    indent = " " * column(text, mapping.parts[0][0])
    at = next_line(text, end)
    return Splice(at, at, whole_lines(text, at, [f"{indent}{field}: {written}"]))


def field_removed(text: str, mapping: Node, index: int) -> Splice:
    """The field's lines. What shares a line with something else, as behind an item's dash, stays."""
    start, end = mapping.parts[index]
    line = line_start(text, start)
    if text[line:start].strip(" \ufeff"):
        raise NotEditableError("the field doesn't begin a line")
    return _without_lines(text, line, end)


def _without_lines(text: str, start: int, end: int) -> Splice:
    """The whole lines from `start` to the one with `end`. A text whose last line doesn't end stays one."""
    behind = next_line(text, end)
    if start and behind == len(text) and text[-1] != "\n":
        start -= 2 if text.endswith("\r\n", 0, start) else 1
    return Splice(start, behind, "")


def list_added(text: str, mapping: Node, field: str, value: Mapping[str, Any]) -> Splice:
    """A list with one item, as the mapping's last field."""
    indent = column(text, mapping.parts[0][0])
    at = next_line(text, mapping.end)
    return Splice(at, at, whole_lines(text, at, [f"{' ' * indent}{field}:", *item_lines(value, indent + 2)]))


def behind_colon(text: str, key: Node) -> int:
    return text.index(":", key.end) + 1
