"""What of a YAML document isn't JSON, which an event and a result are: found in its nodes, before YAML makes values of
them that nobody wrote (a date, 45000 of 12:30:00, 1024 of 02000)."""

import json
import re
from collections.abc import Iterator
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST: Final = 100_000
"""Values in a file, those of aliases counted where they stand: an event has at most 6 MB."""
_YAML: Final = "tag:yaml.org,2002:"
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DIGITS: Final = 4_000
"""Python reads no longer number."""
_WORDS: Final = {"bool": ("true", "false"), "null": ("null", "~", "")}
"""What JSON's words are written as; YAML has more, such as yes and off."""
_KINDS: Final = {"timestamp": "a date", "binary": "bytes", "set": "a set", "omap": "pairs", "pairs": "pairs"}
_ALLOWED: Final = "allowed: what JSON has; a text in quotes"


def problems(root: Node | None) -> Iterator[tuple[int, str]]:
    """Line and sentence of each value and key that JSON hasn't. Nothing of nodes that YAML itself refuses."""
    left = MOST
    waiting: list[tuple[Node, tuple[int, ...]]] = [(root, ())] if root else []
    while waiting:
        node, above = waiting.pop()
        left -= 1
        if left < 0:
            yield _line(node), f"more than {MOST:,} values; allowed: fewer"
            return
        if id(node) in above:  # of itself: read_document refuses it
            continue
        if found := _of(node):
            yield _line(node), f"{found}; {_ALLOWED}"
        for key in _keys(node):
            yield _line(key), f"the key {_shown(key)} is not a text; {_ALLOWED}"
        waiting += [(inner, (*above, id(node))) for inner in reversed(_inner(node))]


def composed(text: str) -> Node | None:
    """Its nodes; None where it is not YAML."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def _of(node: Node) -> str:
    kind = node.tag.removeprefix(_YAML)
    if kind in _KINDS:
        return f"{_shown(node)} is {_KINDS[kind]}"
    if not isinstance(node, ScalarNode) or kind not in ("int", "float", *_WORDS):
        return ""
    as_json = node.value in _WORDS[kind] if kind in _WORDS else _NUMBER.fullmatch(node.value)
    if as_json and len(node.value) <= _DIGITS:
        return ""
    return f"{_shown(node)} is read as {_read(node)}"


def _read(node: ScalarNode) -> str:
    """What YAML makes of it."""
    try:
        return json.dumps(yaml.safe_load(node.value))
    except (ValueError, TypeError, yaml.YAMLError):
        return "a number"


def _keys(node: Node) -> list[Node]:
    keys = [key for key, _ in node.value] if isinstance(node, MappingNode) else []
    return [key for key in keys if key.tag not in (f"{_YAML}str", f"{_YAML}merge")]


def _inner(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [value for _, value in node.value]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _shown(node: Node) -> str:
    text = node.value if isinstance(node, ScalarNode) else node.tag
    return text if len(text) <= 40 else f"{text[:40]}…"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
