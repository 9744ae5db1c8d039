"""How long a login may take in all, names, addresses, credentials and every attempt; and how long a statement may."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import isinf
from typing import TypeVar

Result = TypeVar("Result")
_TELLING_SECONDS = 1.0
"""Before a function's timeout: to say why, which nobody can say after it."""
_LAST_SECONDS = 0.3
"""The same for a statement. What works in a function's last second, such as its COMMIT, is not refused."""
_A_MOMENT = 0.1
"""What a statement has at least: who is at the end of his time still hears an answer that is there."""
_ends: ContextVar[float | None] = ContextVar("ends", default=None)
"""For logins, on the monotonic clock."""
_answers: ContextVar[float | None] = ContextVar("answers", default=None)
"""For statements."""


@contextmanager
def of_invocation(arguments: Iterable[object]) -> Iterator[None]:
    """Within it, the end of the invocation is known, if its context is among its handler's `arguments`.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """
    asked = (getattr(one, "get_remaining_time_in_millis", None) for one in arguments)
    left = next((ask() for ask in asked if callable(ask)), None)
    if not isinstance(left, (int, float)):
        yield
        return
    ends = time.monotonic() + left / 1000
    with _set(_ends, ends - _TELLING_SECONDS), _set(_answers, ends - _LAST_SECONDS):
        yield


@contextmanager
def answered_until(moment: float) -> Iterator[None]:
    """Within it, no statement is waited for beyond `moment` on the monotonic clock, nor beyond an earlier bound."""
    bound = _answers.get()
    with _set(_answers, moment if bound is None else min(bound, moment)):
        yield


@contextmanager
def _set(variable: "ContextVar[float | None]", value: float) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def remaining() -> float | None:
    """Seconds until a login in this invocation has to have ended; None where nobody says."""
    ends = _ends.get()
    return None if ends is None else max(0.0, ends - time.monotonic())


def for_answer() -> float | None:
    """Seconds that a statement may be waited for; None where nobody says."""
    answers = _answers.get()
    return None if answers is None or isinf(answers) else max(_A_MOMENT, answers - time.monotonic())


def within(seconds: float | None, work: Callable[[], Result], late: Callable[[], Exception]) -> Result:
    """What `work` returns, or the error `late` once `seconds` are over.

    A name that isn't resolved can't be interrupted. So `work` has a thread, which is left to itself then, and what it
    opens after that is closed with its last reference.
    """
    if seconds is None:
        return work()
    if seconds <= 0:
        raise late()
    results: list[Result] = []
    errors: list[BaseException] = []

    def do() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=do, name="keyless_client login", daemon=True)
    thread.start()
    thread.join(min(seconds, threading.TIMEOUT_MAX))
    if errors:
        raise errors.pop()
    if not results:
        raise late()
    return results.pop()
