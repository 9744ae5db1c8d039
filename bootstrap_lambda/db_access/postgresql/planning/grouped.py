"""Rights to give and to take, grouped into as few statements as there are distinct deltas. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from db_access.plan.changes import Grant, Revoke, Target
from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.planning.acting import Acting
from db_access.postgresql.planning.compare import Delta
from db_access.postgresql.planning.reach import OutOfReach
from db_access.wording import listed


class Way(NamedTuple):
    """How a statement is carried out."""

    by: str | None = None
    """Who alone can, where a run can't."""
    acting: Acting = Acting()
    passed_on: tuple[str, ...] = ()
    """What goes with it."""
    needs: OutOfReach | None = None
    """What somebody else has to do first."""


class _Key(NamedTuple):
    """What objects must have in common for one statement to be about them all."""

    place: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    way: Way


_Names = dict[_Key, list[str]]
_Change = Grant | Revoke


@dataclass(frozen=True)
class Grouped:
    _revokes: _Names = field(default_factory=_Names)
    _options: _Names = field(default_factory=_Names)
    _grants: _Names = field(default_factory=_Names)

    def revoke(self, place: Target, delta: Delta, names: Iterable[str], way: Way) -> None:
        _add(self._revokes, place, delta, names, way)

    def revoke_option(self, place: Target, delta: Delta, names: Iterable[str], way: Way) -> None:
        _add(self._options, place, delta, names, way)

    def grant(self, place: Target, delta: Delta, names: Iterable[str], way: Way) -> None:
        _add(self._grants, place, delta, names, way)

    def changes(self) -> Iterator[_Change | OutOfReach]:
        """Revokes before grants. What is done as an owner comes first, for what the owner needs may go; of that,
        schemas come last."""
        keys = (*self._revokes, *self._options, *self._grants)
        yield from dict.fromkeys(key.way.needs for key in keys if key.way.needs is not None)
        revokes = [*map(_revoke, self._revokes.items()), *map(_option, self._options.items())]
        for key, change in sorted((*revokes, *map(_grant, self._grants.items())), key=_turn):
            yield change if key.way.by is None else OutOfReach(change, key.way.by)


def _add(into: _Names, place: Target, delta: Delta, names: Iterable[str], way: Way) -> None:
    for privileges, grantees in delta.items():
        into.setdefault(_Key(place, privileges, tuple(grantees), way), []).extend(names)


def _turn(found: tuple[_Key, _Change]) -> int:
    key, _ = found
    return 2 if key.way.acting.as_owner is None else int(key.place.kind is Kind.SCHEMA)


def _grant(found: tuple[_Key, list[str]]) -> tuple[_Key, _Change]:
    key, names = found
    as_owner, usage_for, _ = key.way.acting
    return key, Grant(*_head(key, names), as_owner=as_owner, usage_for=usage_for, reason="the spec gives it")


def _revoke(found: tuple[_Key, list[str]], *, option_only: bool = False) -> tuple[_Key, _Change]:
    key, names = found
    text = "may be passed on, which the spec doesn't give" if option_only else "held, and the spec doesn't give it"
    as_owner, usage_for, cascade = key.way.acting
    return key, Revoke(
        *_head(key, names),
        option_only=option_only,
        cascade=cascade or bool(key.way.passed_on),
        as_owner=as_owner,
        usage_for=usage_for,
        passed_on=key.way.passed_on,
        reason=_reason(text, key),
    )


_option = partial(_revoke, option_only=True)


def _head(key: _Key, names: list[str]) -> tuple[Target, tuple[Privilege, ...], tuple[str, ...]]:
    target = Target(key.place.kind, key.place.schema, tuple(names), key.place.columns)
    return target, key.privileges, key.grantees


def _reason(text: str, key: _Key) -> str:
    return f"{text}; with it goes what was passed on: {listed(key.way.passed_on)}" if key.way.passed_on else text
