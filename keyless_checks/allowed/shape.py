"""What a resource's properties look like: which there are, which must be there, and of what kind each is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


def is_function(value: object) -> bool:
    """Whether it is one of CloudFormation's functions, which stand for a value."""
    return isinstance(value, dict) and len(value) == 1 and (next(iter(value)) == "Ref" or _named(next(iter(value))))


def _named(key: object) -> bool:
    return isinstance(key, str) and key.startswith("Fn::")


def _is_number(value: object) -> bool:
    """CloudFormation takes a number's digits, too."""
    return (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isdecimal()
    )


_KINDS: dict[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str) or is_function(value),
    "number": _is_number,
    "switch": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict) and not is_function(value),
}
"""Numbers and switches are written out: a function would hide them from every rule."""


@dataclass(frozen=True)
class Shape:
    kinds: dict[str, str]
    needed: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Shape":
        """From words such as `Port:number Tags?:list`, where `?` says that it may be missing."""
        words = [word.split(":") for word in text.split()]
        return cls(
            {name.removesuffix("?"): kind for name, kind in words},
            frozenset(name for name, _ in words if not name.endswith("?")),
        )

    def problems(self, value: Any) -> Iterator[str]:
        """What is wrong with an object's keys and the kinds of their values."""
        if not isinstance(value, dict):
            yield f"it is {type(value).__name__}; allowed: an object"
            return
        yield from (f"{name} is missing" for name in sorted(self.needed - value.keys()))
        for name, found in value.items():
            if name not in self.kinds:
                yield f"{name} was not decided on; allowed: {', '.join(sorted(self.kinds))}"
            elif not _KINDS[self.kinds[name]](found):
                yield f"{name} is {found!r}; allowed: {self.kinds[name]}"
