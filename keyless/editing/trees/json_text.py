"""The values of a JSON text. It is not read as YAML, which takes no tabs for the indentation."""

import json
import re
from typing import Any, Final

from keyless.editing.trees.node import Node

_SPACE: Final = re.compile(r"[ \t\n\r]*")


def tree(text: str) -> Node:
    """Of a text that Python's own parser has read without an error."""
    return _value(text, _skip(text, 0))


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, start: int) -> Node:
    match text[start]:
        case "{":
            return _mapping(text, start)
        case "[":
            return _sequence(text, start)
        case _:
            value, end = json.JSONDecoder().raw_decode(text, start)
            return _scalar(value, start, end)


def _scalar(value: Any, start: int, end: int) -> Node:
    return Node("scalar", start, end, flow=True, text=value if isinstance(value, str) else "")


def _mapping(text: str, start: int) -> Node:
    pairs: list[tuple[Node, Node]] = []
    at = _skip(text, start + 1)
    while text[at] != "}":
        key = _value(text, at)
        value = _value(text, _skip(text, _skip(text, key.end) + 1))
        pairs.append((key, value))
        at = _next(text, value.end)
    return Node("mapping", start, at + 1, flow=True, pairs=tuple(pairs))


def _sequence(text: str, start: int) -> Node:
    items: list[Node] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        items.append(_value(text, at))
        at = _next(text, items[-1].end)
    return Node("sequence", start, at + 1, flow=True, items=tuple(items))


def _next(text: str, end: int) -> int:
    """Where the next part begins, or the closing bracket."""
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at
