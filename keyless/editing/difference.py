"""What an edit changes in a file, for people. Shows no password, which a user file may have."""

import difflib
from collections.abc import Iterator

from db_access.spec.source import shown
from keyless.editing.errors import NotEditableError
from keyless.editing.splices import Splice, spliced
from keyless.editing.text import SpecText
from keyless.editing.trees import Node

_HIDDEN = "<redacted>"
_SECRET = "password"  # noqa: S105 - a field's name


def difference(before: SpecText, after: SpecText) -> str:
    """As `diff -u` shows it, whatever ends the lines; nothing where nothing differs."""
    name = str(shown(before.path))
    lines = (_readable(before).splitlines(), _readable(after).splitlines())
    return "".join(f"{line}\n" for line in difflib.unified_diff(*lines, name, name, lineterm=""))


def _readable(text: SpecText) -> str:
    try:
        root = text.tree
    except NotEditableError:
        return text.text
    return spliced(text.text, {Splice(value.start, value.end, _HIDDEN) for value in _secrets(root)})


def _secrets(node: Node, seen: "set[int] | None" = None) -> Iterator[Node]:
    """Each value of a field with that name, once, for what an alias stands for is met again."""
    known = set() if seen is None else seen
    if id(node) in known:
        return
    known.add(id(node))
    for key, value in node.pairs:
        if key.text == _SECRET:
            yield value
        else:
            yield from _secrets(value, known)
    for item in node.items:
        yield from _secrets(item, known)
