"""What a value may be, as data: the forms that decide a property, and what in a value isn't as its form says."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from keyless_checks.reading.kinds import kind
from keyless_checks.reading.templates import Templates, as_list


@dataclass(frozen=True)
class Number:
    """An integer, or a number with `fraction`, from `low` to `high`."""

    low: float
    high: float = float("inf")
    fraction: bool = False

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Each:
    """A list of entries, `least` of them or more and `most` at most. `has`: forms that one entry or another must
    have. A single value stands for a list of one, as IAM reads it, when `single`."""

    form: "Form"
    least: int = 1
    most: int = 10_000
    has: tuple["Form", ...] = ()
    single: bool = False


@dataclass(frozen=True)
class Either:
    """One of these."""

    forms: tuple["Form", ...]


@dataclass(frozen=True)
class Open:
    """An object with `fields`, and others whose names are like `names`."""

    fields: Mapping[str, "Form"]
    names: str
    form: "Form"


@dataclass(frozen=True)
class Anything:
    """Another rule or gate decides it."""


Form: TypeAlias = str | bool | int | Number | Each | Either | Open | Anything | Mapping[str, "Form"]
"""A text, as a regular expression over its kind (`keyless_checks.reading.kinds`); a boolean or number itself; an
object by its keys, those with `?` behind them optional, and no others."""


@dataclass(frozen=True)
class Reader:
    """Holds values of one stack against forms."""

    templates: Templates
    stack: str

    def problems(self, place: str, value: Any, form: Form) -> Iterator[str]:
        """What isn't decided: a sentence each, with its place."""
        match form:
            case Anything():
                return
            case Either():
                yield from self._either(place, value, form)
            case Each():
                yield from self._each(place, as_list(value) if form.single else value, form)
            case Open() | Mapping():
                yield from self._object(place, value, form)
            case _:
                if not self._fits(value, form):
                    yield f"{place} is {self._shown(value)}; decided: {form}"

    def _fits(self, value: Any, form: Form) -> bool:
        match form:
            case bool():
                return value is form
            case int():
                return type(value) is int and value == form
            case Number():
                types: tuple[type, ...] = (int, float) if form.fraction else (int,)
                return type(value) in types and form.low <= value <= form.high
            case str():
                text = kind(self.templates, self.stack, value)
                return text is not None and re.fullmatch(form, text, re.DOTALL) is not None
        return False

    def _either(self, place: str, value: Any, form: Either) -> Iterator[str]:
        """None when one fits; else the problems with the form that has fewest."""
        if any(next(self.problems(place, value, one), None) is None for one in form.forms):
            return
        yield from min((list(self.problems(place, value, one)) for one in form.forms), key=len)

    def _each(self, place: str, value: Any, form: Each) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place} is {self._shown(value)}; decided: a list"
            return
        if not form.least <= len(value) <= form.most:
            yield f"{place} has {len(value)} entries; decided: {form.least} to {form.most}"
        if len({self._text(entry) for entry in value}) < len(value):
            yield f"{place} has an entry twice"
        for number, entry in enumerate(value):
            yield from self.problems(f"{place}[{number}]", entry, form.form)
        for one in form.has:
            if all(list(self.problems(place, entry, one)) for entry in value):
                yield f"{place} lacks an entry that is {one}"

    def _object(self, place: str, value: Any, form: Open | Mapping[str, Form]) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place} is {self._shown(value)}; decided: an object"
            return
        fields = form.fields if isinstance(form, Open) else form
        known = {name.removesuffix("?"): one for name, one in fields.items()}
        yield from (f"{place}.{name} is missing" for name in fields if not name.endswith("?") and name not in value)
        for name, inner in value.items():
            if name in known:
                yield from self.problems(f"{place}.{name}", inner, known[name])
            elif isinstance(form, Open) and re.fullmatch(form.names, name):
                yield from self.problems(f"{place}.{name}", inner, form.form)
            else:
                yield f"{place}.{name} is not decided"

    def _text(self, entry: Any) -> str:
        return json.dumps(entry, sort_keys=True) if isinstance(entry, list) else self.templates.text(self.stack, entry)

    def _shown(self, value: Any) -> str:
        text = kind(self.templates, self.stack, value)
        return repr(value if text is None else text)
