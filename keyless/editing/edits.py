"""What an edit of a document is, and what it means: one closed union. Pure; knows no text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db_access.spec.places import Place

Document = Mapping[str, Any]
"""A spec as YAML or JSON has it, before it is validated."""


@dataclass(frozen=True)
class SetField:
    """One field of the mapping at `place`; the others keep their order."""

    place: Place
    field: str
    value: Any
    order: Sequence[str] = ()
    """Fields as the model has them: a new one goes behind those that come earlier there."""


@dataclass(frozen=True)
class RemoveField:
    """One field of the mapping at `place`, with its value; the others stay."""

    place: Place
    field: str


@dataclass(frozen=True)
class AddItem:
    """An item at the end of the root's list `field`, which is made if it isn't there."""

    field: str
    value: Mapping[str, Any]


@dataclass(frozen=True)
class RemoveItem:
    """The item `index` of the root's list `field`. A list without items stays, as an empty one."""

    field: str
    index: int


Edit = SetField | RemoveField | AddItem | RemoveItem


def edited(document: Document, edit: Edit) -> Document:
    """The document that `edit` makes of `document`, which stays as it is."""
    match edit:
        case SetField(place, field, value):
            changed = _at(document, place, lambda mapping: {**mapping, field: value})
            return dict(changed)
        case RemoveField(place, field):
            return dict(_at(document, place, lambda mapping: {k: v for k, v in mapping.items() if k != field}))
        case AddItem(field, value):
            return {**document, field: [*document.get(field, ()), value]}
        case RemoveItem(field, index):
            return {**document, field: [item for at, item in enumerate(document[field]) if at != index]}


def _at(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """`value`, in which `change` has been made at `place`."""
    if not place:
        return change(value)
    step, *below = place
    if isinstance(step, int):
        return [_at(item, (*below,), change) if at == step else item for at, item in enumerate(value)]
    return {**value, step: _at(value[step], (*below,), change)}
