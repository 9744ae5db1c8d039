"""Sentences about values that AWS would refuse: the place, the value, what is allowed. Knows neither the CDK nor any
setting."""

import re
from collections.abc import Collection, Iterator, Sequence


def within(place: str, value: float, low: float, high: float, unit: str = "") -> Iterator[str]:
    if not low <= value <= high:
        yield f"{place}: {value}{unit} is out of range; allowed: {low} to {high}{unit}"


def one_of(place: str, value: object, values: Collection[object]) -> Iterator[str]:
    if value not in values:
        yield f"{place}: {value} is unknown; allowed: {', '.join(map(str, values))}"


def written_as(place: str, value: str, pattern: str, form: str) -> Iterator[str]:
    """`form`: what `pattern` asks for; up to its first comma, what the value isn't."""
    if not re.fullmatch(pattern, value):
        yield f"{place}: {value!r} is not {form.partition(', ')[0]}; allowed: {form}"


def an_id(place: str, value: str, kind: str) -> Iterator[str]:
    """An id of EC2: `kind` is what it begins with, such as `vpc`."""
    if not re.fullmatch(rf"{kind}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", value):
        yield f"{place}: {value!r} is not a valid id; allowed: {kind}- and 8 or 17 hexadecimal digits"


def distinct(place: str, values: Sequence[str]) -> Iterator[str]:
    if twice := sorted({value for value in values if values.count(value) > 1}):
        yield f"{place}: {', '.join(map(repr, twice))} is named twice; allowed: each once"
