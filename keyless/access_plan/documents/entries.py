"""A spec as entries, one for each field and each item of it that says something. Pure.

Found by looking at the models, so that a field yet to come is an entry, too, unless it is named here as prose.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from db_access.spec import AccessSpec

_PROSE: Final = frozenset({"description", "reason"})
_KEYS: Final = ("username", "name")
_WITH_MEANING_WHEN_DEFAULT: Final = frozenset({"managed_by"})
"""Unsaid, the stacks put another value in its place."""


class Step(NamedTuple):
    """A field, and of a list the item: by name, or as JSON where it has none."""

    field: str
    item: str | None = None
    named: bool = True


class Entry(NamedTuple):
    owner: type[BaseModel]
    """The model that has the field."""
    value: Any
    """Of an item of a list, the item."""


Place = tuple[Step, ...]
Entries = Mapping[Place, Entry]


def entries(spec: AccessSpec | None) -> Entries:
    """What the spec says, without what it says as it would be unsaid, and without prose."""
    return {} if spec is None else dict(_entries(spec, ()))


def _entries(model: BaseModel, at: Place) -> Iterator[tuple[Place, Entry]]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if _is_items(value):
            yield from _items(model, name, value, at)
        elif name not in (*_PROSE, *_KEYS) and (
            value != field.get_default(call_default_factory=True)
            or (name in _WITH_MEANING_WHEN_DEFAULT and name in model.model_fields_set)
        ):
            yield (*at, Step(name)), Entry(type(model), value)


def _is_items(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)


def _items(model: BaseModel, field: str, items: tuple[BaseModel, ...], at: Place) -> Iterator[tuple[Place, Entry]]:
    seen: Counter[str] = Counter()
    for item in items:
        name = _name(item)
        key = item.model_dump_json(exclude_defaults=True) if name is None else name
        seen[key] += 1
        place = (*at, Step(field, key if seen[key] == 1 else f"{key} ({seen[key]})", name is not None))
        yield place, Entry(type(model), item)
        if name is not None:
            yield from _entries(item, place)


def _name(item: BaseModel) -> str | None:
    return next((str(getattr(item, key)) for key in _KEYS if hasattr(item, key)), None)
