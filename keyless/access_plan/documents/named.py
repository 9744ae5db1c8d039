"""The roles, schemas and databases that a plan's statements name, found by looking at their fields. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from db_access.plan.changes import Plan, lasting

_NO_NAMES: Final = frozenset({"reason", "description", "values", "settings", "columns"})
"""Fields whose text somebody chooses freely, so that it could be a name."""


def named(plans: Iterable[Plan]) -> frozenset[str]:
    return frozenset(name for plan in plans for change in lasting(plan) for name in _names(change))


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _NO_NAMES:
                yield from _names(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from _names(item)
