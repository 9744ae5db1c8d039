"""What a JSON value may be, said as data: records of known keys, maps, lists, texts of a form. Everything else is a
problem."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, TypeAlias

Form: TypeAlias = Callable[[str, object], Iterator[str]]
"""Of a place and a value: a sentence for each problem."""
_SHOWN: Final = 200


def shown(value: object) -> str:
    """Printable and short."""
    text = ascii(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def exactly(*allowed: object) -> Form:
    """One of these, of the same type: 1 is not True."""

    def problems(place: str, value: object) -> Iterator[str]:
        if not any(type(value) is type(one) and value == one for one in allowed):
            yield f"{place}: {shown(value)} is not allowed; allowed: {', '.join(map(ascii, allowed)) or 'nothing'}"

    return problems


def text(pattern: str, says: str) -> Form:
    """A string of that pattern; `says`: what that is, in words."""

    def problems(place: str, value: object) -> Iterator[str]:
        if not (isinstance(value, str) and re.fullmatch(pattern, value)):
            yield f"{place}: {shown(value)} is not allowed; allowed: {says}"

    return problems


def anything(place: str, value: object) -> Iterator[str]:
    """What nobody acts on."""
    yield from ()


def each(form: Form) -> Form:
    def problems(place: str, value: object) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}: {shown(value)} is not allowed; allowed: a list"
            return
        for item in value:
            yield from form(place, item)

    return problems


def mapping(key: Form, form: Form) -> Form:
    """Any keys of a form, with values of another."""

    def problems(place: str, value: object) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: {shown(value)} is not allowed; allowed: an object"
            return
        for name, item in value.items():
            yield from key(place, name)
            yield from form(f"{place}, {shown(name)}", item)

    return problems


def record(required: Mapping[str, Form], optional: Mapping[str, Form] | None = None) -> Form:
    """These keys and no others."""
    forms = {**required, **(optional or {})}

    def problems(place: str, value: object) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: {shown(value)} is not allowed; allowed: an object with {', '.join(forms)}"
            return
        yield from _strangers(place, value, forms)
        for key in required:
            if key not in value:
                yield f"{place}: {key!a} is missing; allowed: an object with {', '.join(required)}"
        for key, form in forms.items():
            if key in value:
                yield from form(f"{place}, {key}", value[key])

    return problems


def _strangers(place: str, value: Collection[str], allowed: Collection[str]) -> Iterator[str]:
    for key in value:
        if key not in allowed:
            yield f"{place}: {shown(key)} is not allowed; allowed: {', '.join(allowed)}"
