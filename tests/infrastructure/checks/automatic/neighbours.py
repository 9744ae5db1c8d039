"""What stands at the same place of another resource of the type, or could: the mistakes of copying."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from tests.infrastructure.checks.automatic.places import Place, is_reference
from tests.infrastructure.templates import Templates

_MOST = 2
"""How many neighbours' values each place is given."""


class Neighbours:
    """Of one environment. Values are compared as texts."""

    def __init__(self, templates: Templates, there: Sequence[Place]) -> None:
        self._templates = templates
        self._values: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
        self._references: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
        for place in there:
            if place.keys:
                self._note(place, place.value(templates))

    def _note(self, place: Place, value: Any) -> None:
        self._values[place.stack, place.type, place.pattern].setdefault(_text(value), value)
        if is_reference(value) and (kind := self._kind(place.stack, value)):
            self._references[(place.stack, *kind)].setdefault(_text(value), value)

    def of(self, place: Place, value: Any) -> Iterator[Any]:
        """Values of neighbours in the stack; for a reference else, the same of other resources of its target's type."""
        own = _text(value)
        others = [v for t, v in self._values[place.stack, place.type, place.pattern].items() if t != own]
        if not others and is_reference(value) and (kind := self._kind(place.stack, value)):
            others = [v for t, v in self._references[(place.stack, *kind)].items() if t != own]
        yield from others[:_MOST]

    def _kind(self, stack: str, value: Any) -> tuple[str, str] | None:
        """The type that a reference leads to, and the attribute."""
        text = self._templates.text(stack, value)
        target = self._templates.find(text)
        return None if target is None else (target.type, text.removeprefix(target.path))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
