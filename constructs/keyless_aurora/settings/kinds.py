"""What the annotations of settings allow, in words, and whether a value is that.

Strict, unlike what libraries for this do by default: no number for a text, no True for a 1, no list for a tuple; and
worded for whoever edits the settings.
"""

import types
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

_WORDS: dict[Any, str] = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a text",
    types.NoneType: "None",
}
_MOST = 10**15
"""More than any number means here; NaN and infinity aren't less."""
_LONGEST = 60
"""Of a value in a message."""


def misfits(place: str, value: object, kind: Any) -> Iterator[str]:
    """A sentence for each part of `value` that is not of `kind`, a field's annotation."""
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Annotated:
            yield from misfits(place, value, arguments[0])
        case origin if origin in (Union, types.UnionType):
            yield from _of_none(place, value, arguments, kind)
        case origin if origin is Literal:
            if not any(value == one and type(value) is type(one) for one in arguments):
                yield _sentence(place, value, kind)
        case origin if origin is tuple and isinstance(value, tuple):
            for index, item in enumerate(value):
                yield from misfits(f"{place}[{index}]", item, arguments[0])
        case origin if origin is Mapping and isinstance(value, Mapping):
            for key, item in value.items():
                yield from misfits(f"{place}: the name {_shown(key)}", key, arguments[0])
                yield from misfits(f"{place}[{_shown(key)}]", item, arguments[1])
        case _:
            if not _is(value, kind):
                yield _sentence(place, value, kind)


def allowed(kind: Any) -> str:
    """What `kind`, a field's annotation, allows."""
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Annotated:
            return allowed(arguments[0])
        case origin if origin in (Union, types.UnionType):
            return " or ".join(map(allowed, arguments))
        case origin if origin is Literal:
            return " or ".join(map(repr, arguments))
        case origin if origin is tuple:
            return f"a tuple, (…,), of which each is {allowed(arguments[0])}"
        case origin if origin is Mapping:
            return f"a mapping, {{…: …}}, from {allowed(arguments[0])} to {allowed(arguments[1])}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"{kind.__name__}.{f', {kind.__name__}.'.join(kind.__members__)}"
    return _WORDS.get(kind) or f"{kind.__name__}(…)"


def _of_none(place: str, value: object, kinds: tuple[Any, ...], union: Any) -> Iterator[str]:
    """Nothing where one of `kinds` takes the value; what is inside it, where one takes the value but for that."""
    found = [[*misfits(place, value, kind)] for kind in kinds]
    if all(found):
        inside = next((each for each in found if not each[0].startswith(f"{place}: ")), None)
        yield from inside or [_sentence(place, value, union)]


def _is(value: object, kind: Any) -> bool:
    if kind in (int, float):  # not True for 1, nor what no sum could be made with
        return type(value) in (int, kind) and -_MOST < value < _MOST  # type: ignore[operator]
    if kind is str:  # nor the member of an enum for its text
        return type(value) is str
    return isinstance(kind, type) and isinstance(value, kind)


def _sentence(place: str, value: object, kind: Any) -> str:
    return f"{place}: {_given(value)}; allowed: {allowed(kind)}"


def _given(value: object) -> str:
    """`value` as it is told apart from others that look alike: 30 from '30', a member from its text."""
    if value is None:
        return "None is given"
    if isinstance(value, bool):
        return f"{value} is given, which is a truth value"
    if isinstance(value, type):
        return f"the class {value.__name__} is given, and not one made of it"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name} is given"
    if isinstance(value, int | float) and not abs(value) < _MOST:
        return f"{_shown(value)} is not a usable number"
    if isinstance(value, str | int | float):
        return f"{_shown(value)} is {_WORDS[next(k for k in (str, int, float) if isinstance(value, k))]}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name} is given"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
