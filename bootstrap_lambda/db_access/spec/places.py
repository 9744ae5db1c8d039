"""Places in a spec's document, and how a message names them."""

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from db_access.spec.letters import all_seen
from db_access.wording import cut

Place = tuple[str | int, ...]
"""The keys and list indexes that lead from the root to a value."""


def place_text(place: Place, *below: str | int) -> str:
    """`users[0].grants[1].access`, or `the document` for the root; what doesn't print in a key as an escape."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_key(step)}" for step in (*place, *below))
    return text.removeprefix(".") or "the document"


def _key(key: str) -> str:
    key = cut(key)
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
    name = cut(name)
    return name if all_seen(name) and not set(name) & set("(),:") else ascii(name)


def suggestion(name: str, allowed: Iterable[str]) -> str:
    """`did you mean …? `, when one of the allowed names is close to `name`."""
    return "".join(f"did you mean {meant!r}? " for meant in meant_by(name, allowed))


def meant_by(name: str, allowed: Iterable[str]) -> list[str]:
    """The allowed name that is closest to `name`, if one is close."""
    return [*_closest(name, tuple(allowed))]


@lru_cache(maxsize=1000)
def _closest(name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Once for a mistake that is made again and again."""
    return tuple(difflib.get_close_matches(name, allowed, n=1))
