"""The differences of two specs that no statement of the plan shows, as lines. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import BaseModel, SecretStr

from db_access.plan.changes import Plan
from db_access.plan.render.lines import Line
from db_access.plan.render.words import Action
from db_access.spec import AccessSpec
from db_access.wording import one_line, quoted
from keyless.access_plan.documents.entries import Entries, Entry, Place, Step, entries
from keyless.access_plan.documents.measured import measured
from keyless.access_plan.documents.named import named

_GROUP: Final = "spec"
_UNSHOWN: Final = "the spec says it; a throwaway server can't show what it does"
_UNSAID: Final = "the spec says it no longer"
_MEANING: Final[Mapping[str, str]] = {
    "additive": "true: nothing is taken any more from roles that the spec doesn't mention",
    "acknowledged": "a role of others, whatever it may do, is drift no more: the watch is silent about it",
    "adopt": "true: takes over a role that exists and that nobody manages",
    "take_over": "takes over the roles of the specs of these names",
    "retired": "loses its access; with `drop: true` its role, too",
    "drop": "true: drops the role once it owns nothing",
    "owner": "keep: whoever owns the schema keeps it, and may do there what no grant says",
    "public": "open: whoever can log in keeps what PUBLIC has",
    "managed_by": "the name that marks the roles of this spec",
    "iam_role": "the role that a RolesStack lets log in as the user, where the app has one",
    "password_secret": "whoever can read or write that secret can log in",
    "may_have": "whoever can log in as the master may put the user into it for so long, by `keyless grant`",
    "at_most": "how long at most a grant for a while lasts",
    "password": "ignored; no password belongs into a spec",
    "connection_limit": "-1: no limit; unsaid: one by the server's size",
}
"""Of a field, where there is more to say than `_UNSHOWN`."""


def unmeasured(before: AccessSpec | None, after: AccessSpec, plans: Iterable[Plan]) -> list[Line]:
    """A line for each, and one for each text that is new and isn't ASCII, whose letters may look like others."""
    old, new = entries(before), entries(after)
    names = named(plans)
    changed = [place for place in {**old, **new} if _value(old.get(place)) != _value(new.get(place))]
    shown = [p for p in changed if not measured(p, old.get(p), new.get(p), named=names, base=old)]
    return [
        *(_line(place, old.get(place), new.get(place)) for place in shown if not _within_removed(place, old, new)),
        *(line for place in changed if place in new for line in _letters(place, new[place])),
    ]


def _value(entry: Entry | None) -> object:
    """What is compared: an item with entries of its own is there or isn't."""
    return entry if entry is None or not isinstance(entry.value, BaseModel) else entry.owner


def _within_removed(place: Place, old: Entries, new: Entries) -> bool:
    return any(place[:depth] in old and place[:depth] not in new for depth in range(1, len(place)))


def _line(place: Place, before: Entry | None, after: Entry | None) -> Line:
    action = Action.ADD if before is None else Action.TAKE_AWAY if after is None else Action.CHANGE
    values = " -> ".join(_text(entry.value) for entry in (before, after) if entry and place[-1].item is None)
    meaning = _UNSAID if action is Action.TAKE_AWAY else _MEANING.get(place[-1].field, _UNSHOWN)
    return Line(_GROUP, action, f"{_place(place)}{': ' if values else ''}{values}", meaning)


def _place(place: Place) -> str:
    return ".".join(step.field if step.item is None else f"{step.field}[{_item(step, step.item)}]" for step in place)


def _item(step: Step, item: str) -> str:
    return quoted(item) if step.named else one_line(item)


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(not shown)"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)}: {_text(item)}' for key, item in value.items())}}}"
    return quoted(value) if isinstance(value, str) else str(value).lower()


def _letters(place: Place, entry: Entry) -> Iterator[Line]:
    """What a name that isn't ASCII consists of: Cyrillic a looks like a."""
    step = place[-1]
    text = _text(entry.value) if step.item is None else step.item
    if foreign := dict.fromkeys(letter for letter in text if not letter.isascii()):
        said = ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter, 'unnamed')}" for letter in foreign)
        yield Line(
            _GROUP, Action.CHANGE, f"{_place(place)} has {said}", "letters of other alphabets may look like others"
        )
