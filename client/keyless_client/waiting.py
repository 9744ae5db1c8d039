"""Tries a login again as long as that can help, and no longer.

AWS says a thing is done before it is in effect everywhere: a grant of rds_iam, a role's policy, a database in
CloudFormation's express mode, a failover. A refusal that passes and one that is right read the same, so each kind has
its bound.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from keyless_client.errors import ConnectError
from keyless_client.refusals import Passing

Result = TypeVar("Result")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
WAITED: Final = "keyless_client waited for its login"
"""What a line of JSON has for a key, when a login worked after others that didn't: `milliseconds`, `attempts`, and what
it waited `for`. `keyless verify` looks for it in the log."""


@dataclass(frozen=True)
class Waits:
    """For how many seconds a login is tried again; 0: it is tried once."""

    settling: float = 0
    """For a refusal that may settle, from the first such refusal on (`Passing.SETTLES`)."""
    ready: float = 0
    """For a database or proxy that may become ready, and in all (`Passing.READY`)."""

    def left(self, passing: Passing, *, since: float, began: float, now: float) -> float:
        """Seconds left for a refusal of this kind, the first of which came at `since`."""
        whole = max(self.settling, self.ready) - (now - began)
        match passing:
            case Passing.NEVER:
                return 0
            case Passing.SETTLES:
                return min(whole, self.settling - (now - since))
            case Passing.READY:
                return min(whole, self.ready - (now - since))


ONCE = Waits()


class Attempts:
    """The attempts of one login: how long each may take, and whether there is another one.

    Args:
        longest: seconds for an attempt, also where `waits` ends before.
        told: is told of each attempt that failed, and for how long there will be others; and, as a line of JSON, of
            one that worked after them.
    """

    def __init__(self, waits: Waits, *, longest: float, told: Callable[[str], None]) -> None:
        self._waits, self._longest, self._told = waits, longest, told
        self._first: dict[Passing, float] = {}
        self._pause, self._count = _FIRST_PAUSE, 0
        self._began = self._started = time.monotonic()

    def begin(self) -> float:
        """How many seconds the next attempt may take: who waits within a bound keeps to it."""
        self._count, self._started = self._count + 1, time.monotonic()
        whole = max(self._waits.settling, self._waits.ready)
        return min(self._longest, whole - (self._started - self._began)) if whole else self._longest

    def failed(self, error: ConnectError) -> float:
        """The pause before another attempt, in seconds. Raises ConnectError, with how long it was tried, when there is
        to be none."""
        now, since = time.monotonic(), self._first.setdefault(error.passing, self._started)
        lasted = now - self._began
        left = self._waits.left(error.passing, since=since, began=self._began, now=now)
        if left < self._pause:
            raise _given_up(error, lasted, self._count) from error.__cause__
        self._told(f"not connected after {lasted:.0f} s, trying for up to {left:.0f} s more: {error}")
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE)
        return pause

    def worked(self) -> None:
        if self._first:
            self._told(_waited(time.monotonic() - self._began, self._count, self._first))


def until_it_works(
    log_in: Callable[[float], Result], waits: Waits, *, longest: float, told: Callable[[str], None]
) -> Result:
    """What `log_in` returns, the first time that it raises no ConnectError. Its argument is how many seconds it may
    take; for the others see Attempts.

    Raises:
        ConnectError: the last one, with how long it was tried.
    """
    attempts = Attempts(waits, longest=longest, told=told)
    while True:
        try:
            result = log_in(attempts.begin())
        except ConnectError as error:
            pause = attempts.failed(error)
        else:
            attempts.worked()
            return result
        time.sleep(pause)


def _waited(seconds: float, attempts: int, kinds: Iterable[Passing]) -> str:
    waited = {"milliseconds": round(seconds * 1000), "attempts": attempts, "for": [kind.value for kind in kinds]}
    return json.dumps({WAITED: waited})


def _given_up(error: ConnectError, seconds: float, attempts: int) -> ConnectError:
    if attempts == 1:
        return error
    return ConnectError(
        f"{error}; gave up after {seconds:.0f} seconds and {attempts} attempts", error.passing, error.said
    )
