"""What an edit changes in a text, in the style that the text has in that place."""

from collections.abc import Iterator

from keyless.editing.edits import AddItem, Edit, RemoveField, RemoveItem, SetField
from keyless.editing.errors import NotEditableError
from keyless.editing.splices import block, flow
from keyless.editing.splices.splice import Splice, spliced
from keyless.editing.splices.values import Write
from keyless.editing.trees import Node

__all__ = ["Splice", "of_edit", "spliced"]


def of_edit(text: str, root: Node, edit: Edit, write: Write) -> Iterator[Splice]:
    """The changes of the text.

    Raises:
        NotEditableError: when the place is written in a way that allows none.
    """
    match edit:
        case SetField():
            yield from _set(text, root.at(edit.place), edit, write)
        case RemoveField(place, field):
            yield from _unset(text, root.at(place), field)
        case AddItem():
            yield from _add(text, root, edit, write)
        case RemoveItem(field, index):
            yield from _remove(text, root, field, index)


def _set(text: str, mapping: Node, edit: SetField, write: Write) -> Iterator[Splice]:
    written = write(edit.value)
    if pair := mapping.pair(edit.field):
        yield _replaced(text, *pair, written)
        return
    after = _last_earlier(mapping, edit)
    if mapping.flow:
        yield from flow.added(text, mapping, f"{write(edit.field)}: {written}", after)
    else:
        yield block.field_added(text, mapping, edit.field, written, after)


def _unset(text: str, mapping: Node, field: str) -> Iterator[Splice]:
    index = next((number for number, (key, _) in enumerate(mapping.pairs) if key.text == field), None)
    if index is None:
        raise NotEditableError(f"{field!r} is not written in place")
    if mapping.flow:
        yield from flow.removed(text, mapping, index)
    else:
        yield block.field_removed(text, mapping, index)


def _last_earlier(mapping: Node, edit: SetField) -> int | None:
    """The number of the field behind which the new one goes."""
    earlier = [*edit.order[: edit.order.index(edit.field)]] if edit.field in edit.order else []
    return max((number for number, (key, _) in enumerate(mapping.pairs) if key.text in earlier), default=None)


def _replaced(text: str, key: Node, value: Node, written: str) -> Splice:
    """The blanks before a value on the key's line stay; one that begins below comes up."""
    if value.start < key.end:
        raise NotEditableError("the value is an alias")
    colon = block.behind_colon(text, key)
    gap = text[colon : value.start]
    if gap and not gap.strip(" "):
        return Splice(value.start, value.end, written)
    return Splice(value.start if gap.strip() else colon, value.end, written if gap.strip() else f" {written}")


def _add(text: str, root: Node, edit: AddItem, write: Write) -> Iterator[Splice]:
    pair = root.pair(edit.field)
    if pair is None and root.flow:
        yield from flow.added(text, root, f"{write(edit.field)}: {write([edit.value])}")
    elif pair is None:
        yield block.list_added(text, root, edit.field, edit.value)
    elif (sequence := root.at((edit.field,))).flow:
        yield from flow.added(text, sequence, write(edit.value))
    else:
        yield block.item_added(text, sequence, edit.value)


def _remove(text: str, root: Node, field: str, index: int) -> Iterator[Splice]:
    sequence, pair = root.at((field,)), root.pair(field)
    root.at((field, index))
    if sequence.flow or pair is None:
        yield from flow.removed(text, sequence, index)
    elif len(sequence.items) == 1:
        yield from block.emptied(text, pair[0], sequence)
    else:
        yield from block.item_removed(text, sequence, index)
