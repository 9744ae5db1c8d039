"""Characters that don't print, or that nobody sees, anywhere in a spec.

A line break in a name starts a line of its own wherever the name is shown, a bidi override reorders what a reviewer
reads, a filler makes two names look the same. PostgreSQL would take them; no tool that shows a name has to.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.letters import FILLERS, all_seen, seen
from db_access.spec.places import Place
from db_access.spec.raw_document import RawDocument

_PROSE: Final = frozenset({"description", "reason"})
"""Fields whose text may have several lines, and variants of letters."""
_LAYOUT: Final = frozenset("\n\t")
SECRET: Final = frozenset({"password", "password_secret"})
"""Shown nowhere: the one is ignored by the spec, the other's form is checked, and a password may stand there."""
_CONTROL: Final = "control character"


def unprintable_problems(document: RawDocument) -> Iterator[str]:
    """One problem for each text with such characters, naming them by code point."""
    for place, text in _texts(document.root, ()):
        if found := unprintable_in(text, place):
            shown = ", ".join(map(_named, found))
            said = repr(text) if FILLERS.isdisjoint(found) else ascii(text)
            yield f"{document.at(place)}: {said} contains {shown}, which doesn't print; allowed: printable characters"


def unprintable_in(text: str, place: Place) -> list[str]:
    """Each such character once. Prose may have lines, and an emoji with what selects its variant."""
    allowed = _LAYOUT | FILLERS if place and place[-1] in _PROSE else frozenset()
    return (
        []
        if all_seen(text)
        else [*dict.fromkeys(letter for letter in text if not seen(letter) and letter not in allowed)]
    )


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in SECRET:
                yield (*place, str(key)), str(key)
                yield from _texts(item, (*place, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))


def _named(letter: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(letter):04X} {unicodedata.name(letter, _CONTROL)}"
