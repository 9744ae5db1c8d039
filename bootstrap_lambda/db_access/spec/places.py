"""Places in a spec's document, and how a message names them."""

import difflib
from collections.abc import Iterable, Mapping

from db_access.spec.letters import all_seen

Place = tuple[str | int, ...]
"""The keys and list indexes that lead from the root to a value."""


def place_text(place: Place, *below: str | int) -> str:
    """`users[0].grants[1].access`, or `the document` for the root; what doesn't print in a key as an escape."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in (*place, *below))
    return text.removeprefix(".") or "the document"


def _key(key: str) -> str:
    return key if all_seen(key) else ascii(key)[1:-1]


def followed(root: object, place: Place) -> tuple[Place, list[str]]:
    """`place` as far as `root` has it, one step into nothing included, and the names of the mappings on the way."""
    steps: list[str | int] = []
    names: list[str] = []
    value = root
    for step in place:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list | tuple) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            break
        steps.append(step)
        if isinstance(value, Mapping):
            names += [_plain(name) for name in (value.get("username"), value.get("name")) if isinstance(name, str)]
    return tuple(steps), names


def _plain(name: str) -> str:
    return name if all_seen(name) and not set(name) & set("(),:") else ascii(name)


def suggestion(name: str, allowed: Iterable[str]) -> str:
    """`did you mean …? `, when one of the allowed names is close to `name`."""
    close = difflib.get_close_matches(name, allowed, n=1)
    return f"did you mean {close[0]!r}? " if close else ""
