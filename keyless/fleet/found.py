"""What was found out about a cluster and its databases. Values only: they cross from one process to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from db_access.wording import one_line

_MOST, _LONGEST = 20, 1000


class State(StrEnum):
    """The worst first."""

    FAILED = "failed"
    """It couldn't be looked at: a wrong spec, credentials, a missing database."""
    UNREACHABLE = "unreachable"
    """No connection, or no answer in time."""
    DRIFT = "drift"
    UNTRIED = "not looked at"
    """The command was interrupted before."""
    FINE = "fine"


_ORDER: Final = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True)
class Found:
    """Of one database."""

    database: str | None
    """None for what concerns the cluster as a whole."""
    state: State
    differences: int = 0
    reasons: tuple[str, ...] = ()
    """The first of them, shortened, so that the results of a large fleet stay small."""
    left_out: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """The worst is the lowest."""
        return _ORDER[self.state], -self.differences

    @property
    def label(self) -> str:
        return f"{self.state} {self.differences:,}" if self.state is State.DRIFT else str(self.state)


def found(database: str | None, state: State, reasons: Sequence[str] = ()) -> Found:
    lines = tuple(_shortened(one_line(reason)) for reason in reasons[:_MOST])
    differences = len(reasons) if state is State.DRIFT else 0
    return Found(database, state, differences, lines, max(0, len(reasons) - _MOST))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@dataclass(frozen=True)
class Result:
    """Of one cluster."""

    cluster: str
    databases: tuple[Found, ...]
    admins: tuple[str, ...] | None = None
    """Who may change what others may do in the whole cluster; None where nobody was asked."""

    @property
    def worst(self) -> Found:
        return min(self.databases, key=lambda one: one.rank)

    @property
    def state(self) -> State:
        return self.worst.state

    @property
    def rank(self) -> tuple[int, int, str]:
        return *self.worst.rank, self.cluster


@dataclass(frozen=True)
class Admins:
    names: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """What is done now, for the reason of who hangs in it."""

    text: str
    database: str | None = None
    """Which one it is about."""
