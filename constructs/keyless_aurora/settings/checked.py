"""Classes of settings: frozen dataclasses that are checked when they are made, by their annotations alone.

What a value means (ranges, what goes together) is not judged here, but by the `…_problems` of each subject.
"""

import difflib
import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar, dataclass_transform, get_type_hints

from keyless_aurora.settings.error import MadeWrongError, caller, together
from keyless_aurora.settings.kinds import allowed, misfits

T = TypeVar("T")
_AT = "_made_at"
_WRONG: ContextVar[list[MadeWrongError] | None] = ContextVar("_WRONG", default=None)
"""Those of the block of `all_at_once` that is on."""


@contextmanager
def all_at_once() -> Iterator[None]:
    """A block that makes settings: one that is made wrong doesn't keep the mistakes in others from being told.

    Raises:
        SettingsError: at the block's end, with everything that is wrong. An error that the block ends with comes after
            that: it may be due to a setting that isn't there.
    """
    wrong: list[MadeWrongError] = []
    before = _WRONG.set(wrong)
    try:
        yield
    except Exception as error:
        if wrong:
            raise together(wrong) from error
        raise
    finally:
        _WRONG.reset(before)
    if wrong:
        raise together(wrong)


@dataclass_transform(frozen_default=True)
def settings(cls: type[T]) -> type[T]:
    """`cls` as a frozen dataclass whose fields only take what their annotations say.

    A new field needs no more than its annotation. Making one of the class raises MadeWrongError with every misspelt,
    missing or misfitting setting.
    """
    made = dataclass(frozen=True)(cls)
    make, signature, kinds = made.__init__, inspect.signature(made), get_type_hints(made)

    @functools.wraps(make)
    def checked(self: T, *given: Any, **named: Any) -> None:
        object.__setattr__(self, _AT, caller())
        if problems := [*_problems(cls.__name__, signature, kinds, given, named)]:
            _refuse(MadeWrongError(cls.__name__, problems))
            _fill(self, [*signature.parameters], given, named)
        else:
            make(self, *given, **named)

    made.__init__ = checked  # type: ignore[assignment,method-assign]
    return made


def _refuse(error: MadeWrongError) -> None:
    """At once, or at the end of the block of `all_at_once`."""
    wrong = _WRONG.get()
    if wrong is None:
        raise error
    wrong.append(error)


def _fill(one: object, fields: Sequence[str], given: tuple[Any, ...], named: Mapping[str, Any]) -> None:
    """With what it was given, misspelt or not, so that whatever is made of it can be looked at, too."""
    for field, value in {**dict(zip(fields, given, strict=False)), **named}.items():
        for meant in [field] if field in fields else difflib.get_close_matches(field, fields, n=1):
            object.__setattr__(one, meant, value)


def made_at(one: object) -> str:
    """The file and line that made `one`, settings."""
    return str(vars(one)[_AT])


def changed(one: T, **changes: Any) -> T:
    """`one`, settings, with `changes` that somebody tries out: as if made where `one` was."""
    other = replace(one, **changes)  # type: ignore[type-var]
    object.__setattr__(other, _AT, made_at(one))
    return other


def tried_out(one: T, by: str) -> T:
    """`one`, settings, on which something is tried out `by` an option: what is then wrong may be the option's fault."""
    other = replace(one)  # type: ignore[type-var]
    object.__setattr__(other, _AT, f"{by}, on {made_at(one)}")
    return other


def _problems(
    name: str, signature: inspect.Signature, kinds: Mapping[str, Any], given: tuple[Any, ...], named: Mapping[str, Any]
) -> Iterator[str]:
    fields = [*signature.parameters]
    if len(given) > len(fields):
        yield f"{name}: {len(given)} values are given; allowed: {len(fields)}, which are {', '.join(fields)}"
    placed = dict(zip(fields, given, strict=False))
    yield from (
        f"{name}.{field}: it is given twice, with its name and without; allowed: once"
        for field in placed.keys() & named
    )
    meant = set()
    for field, value in {**placed, **named}.items():
        if field not in fields:
            close = difflib.get_close_matches(field, fields, n=1)
            meant.update(close)
            hint = f"did you mean {close[0]}? " if close else ""
            yield f"{name}.{field}: there is no such setting; {hint}allowed: {', '.join(fields)}"
        else:
            yield from misfits(f"{name}.{field}", value, kinds[field])
    for field, parameter in signature.parameters.items():
        if parameter.default is parameter.empty and field not in {*placed, *named, *meant}:
            yield f"{name}.{field}: it is missing; allowed: {allowed(kinds[field])}"
