"""Characters that don't print, anywhere in a spec.

A line break in a name starts a line of its own wherever the name is shown, a bidi override reorders what a reviewer
reads. PostgreSQL would take them; no tool that shows a name has to.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.places import Place
from db_access.spec.raw_document import RawDocument

_PROSE: Final = frozenset({"description", "reason"})
"""Fields whose text may have several lines."""
_LAYOUT: Final = frozenset("\n\t")
_SECRET: Final = "password"  # noqa: S105 - a field's name
"""Ignored by the spec, and shown nowhere."""
_CONTROL: Final = "control character"


def unprintable_problems(document: RawDocument) -> Iterator[str]:
    """One problem for each text with such characters, naming them by code point."""
    for place, text in _texts(document.root, ()):
        allowed = _LAYOUT if place and place[-1] in _PROSE else frozenset()
        if found := dict.fromkeys(letter for letter in text if not letter.isprintable() and letter not in allowed):
            shown = ", ".join(map(_named, found))
            yield f"{document.at(place)}: {text!r} contains {shown}, which doesn't print; allowed: printable characters"


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != _SECRET:
                yield (*place, str(key)), str(key)
                yield from _texts(item, (*place, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))


def _named(letter: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(letter):04X} {unicodedata.name(letter, _CONTROL)}"
