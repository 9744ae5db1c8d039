"""What another session has locked, and a run therefore leaves with its owner. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from db_access.plan.privileges import Kind
from db_access.postgresql.state import Current, CurrentObjects

Held = Mapping[tuple[str, str], str]
"""Schema and name of a relation, to who has locked it."""

_RELATIONS: Final = (Kind.TABLE, Kind.SEQUENCE)


def locked(current: Current, held: Held) -> Current:
    """`current`, in which the objects know who has locked them."""
    if not held:
        return current
    return replace(current, objects=tuple(part for found in current.objects for part in _parts(found, held)))


def _parts(found: CurrentObjects, held: Held) -> Iterator[CurrentObjects]:
    if found.kind not in _RELATIONS:
        yield found
        return
    by: dict[str | None, list[str]] = {}
    for name in found.names:
        by.setdefault(held.get((found.schema or "", name)), []).append(name)
    for who, names in by.items():
        yield replace(found, names=tuple(names), locked_by=who)
