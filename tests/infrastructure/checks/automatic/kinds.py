"""The ways to break a value, by what it is. Each yields values that differ from it."""

import re
from collections.abc import Iterator
from typing import Any

from tests.infrastructure.checks.automatic.places import Key, is_reference

FOREIGN = "foreign"
"""What nothing in a template is called."""
_ACTION = re.compile(r"(?P<service>[a-z0-9-]+):[A-Z]\w*|[a-z0-9-]+:connect")
_CIDR = re.compile(r"\d+\.\d+\.\d+\.\d+/\d+")
_OPPOSITES = {"Allow": "Deny", "Deny": "Allow", "true": "false", "false": "true", "ENABLED": "DISABLED"}
_EVERY_PORT = {"FromPort": 0, "ToPort": 65_535, "From": 0, "To": 65_535}


def flipped(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str) and value in _OPPOSITES:
        yield _OPPOSITES[value]


def widened(key: Key, value: Any) -> Iterator[Any]:
    """An ARN to `*`, an action to `service:*`, a CIDR to everything, ports to all, a list with one more entry."""
    match value:
        case str() if _CIDR.fullmatch(value):
            yield "0.0.0.0/0"
        case str() if action := _ACTION.fullmatch(value):
            yield f"{action[0].partition(':')[0]}:*"
        case str() if value.startswith("arn:"):
            yield "*"
        case {"Fn::Join": [separator, [*parts, _]]} if str(parts[:1]).startswith("['arn:"):
            yield "*"
            yield {"Fn::Join": [separator, [*parts, "*"]]}
        case {"Fn::GetAtt": [_, attribute]} if str(attribute).endswith("Arn"):
            yield "*"
        case list():
            yield [*value, FOREIGN if not value or is_reference(value[0]) or isinstance(value[0], str) else value[0]]
        case int() if key in _EVERY_PORT and not isinstance(value, bool):
            yield _EVERY_PORT[str(key)]


def of_wrong_type(value: Any) -> Iterator[Any]:
    """A list where a text is, a text where something else is."""
    if isinstance(value, str) or is_reference(value):
        yield [value]
        yield {"Foreign": value}
    else:
        yield FOREIGN


def of_another_number(value: Any) -> Iterator[Any]:
    """0, -1 and ten times as much, of numbers and of texts that are numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from (other for other in (0, -1, value * 10) if other != value)
    elif isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        yield from (str(other) for other in (0, -1, int(value) * 10) if str(other) != value)


def of_another_text(value: Any) -> Iterator[Any]:
    """The text with something behind it."""
    match value:
        case str():
            yield f"{value}x"
        case {"Fn::Join": [separator, [*parts]]}:
            yield {"Fn::Join": [separator, [*parts, "x"]]}
