"""Every place in a template where something stands: properties, attributes of resources, outputs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.infrastructure.templates import Templates

Key = str | int
NOT_MUTATED = {"Type", "Metadata"}
"""A resource of another type is another resource; metadata is for people and tools, and nothing deploys it."""
_FUNCTION = re.compile(r"Ref|Fn::\w+")


@dataclass(frozen=True)
class Place:
    """Where a value stands: `keys` lead to it from the template of `stack`."""

    stack: str
    section: str
    type: str
    """Of the resource; `Output` for outputs."""
    name: str
    """The logical id of the resource or output."""
    keys: tuple[Key, ...]
    """From the resource to the value; empty: the resource itself."""

    @property
    def pattern(self) -> str:
        """Such as `Properties.Tags[].Key`, in which all entries of a list are alike."""
        return "".join("[]" if isinstance(key, int) else f".{key}" for key in self.keys).removeprefix(".")

    def holder(self, templates: Templates) -> Any:
        """The object or list that the value stands in."""
        found = templates.by_stack[self.stack][self.section]
        for key in (self.name, *self.keys)[:-1]:
            found = found[key]
        return found

    @property
    def last(self) -> Key:
        return self.keys[-1] if self.keys else self.name

    def value(self, templates: Templates) -> Any:
        return self.holder(templates)[self.last]


def places(templates: Templates) -> Iterator[Place]:
    """All, those of a resource after the resource itself."""
    for stack, template in templates.by_stack.items():
        for section in ("Resources", "Outputs"):
            for name, body in template.get(section, {}).items():
                place = Place(stack, section, body.get("Type", "Output"), name, ())
                yield place
                for key in body.keys() - NOT_MUTATED:
                    yield from _inside(place, (key,), body[key])


def _inside(whole: Place, keys: tuple[Key, ...], value: Any) -> Iterator[Place]:
    yield Place(whole.stack, whole.section, whole.type, whole.name, keys)
    if is_reference(value):
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _inside(whole, (*keys, key), one)


def is_reference(value: Any) -> bool:
    """Whether CloudFormation replaces it: `Ref` and the functions, which are values as a whole."""
    return isinstance(value, dict) and len(value) == 1 and _FUNCTION.fullmatch(next(iter(value))) is not None
