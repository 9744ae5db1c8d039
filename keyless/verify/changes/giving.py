"""Gives the right by hand for as long as a `with` block lasts, and takes it back whatever happens."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from keyless.verify.changes.by_hand import ByHand
from keyless.verify.probes import ProbeError, Probes
from keyless.verify.questions import Address, nowhere, reached, right
from keyless_probe.by_hand import VARIABLE, Change, Right

_TRIES: Final = 3
_PAUSE_SECONDS: Final = 5.0
_UNDER_WAY_SECONDS: Final = 20.0
"""A probe's login and its statement have bounds: one that is under way has ended by then."""


class NotTakenBackError(Exception):
    """The right that was given by hand may still be there. Says how it is taken back."""


@contextmanager
def given(probes: Probes, by_hand: ByHand, address: Address) -> Iterator[str]:
    """Why it could not be given; empty when it was. Raises NotTakenBackError; then the probes stay."""
    answered, probes.needed = False, True
    try:
        problem = _refusal(_changed(probes, by_hand, Change.GIVE, address), held=True)
        answered = True
        yield problem
    finally:
        if not answered:
            time.sleep(_UNDER_WAY_SECONDS)  # or it could be given after it was taken back
        take_back(probes, by_hand, address)


def take_back(probes: Probes, by_hand: ByHand, address: Address = nowhere) -> None:
    """Also what was never given. Raises NotTakenBackError."""
    problem = ""
    for attempt in range(_TRIES):
        time.sleep(_PAUSE_SECONDS if attempt else 0)
        try:
            problem = _refusal(_changed(probes, by_hand, Change.TAKE, address), held=False)
        except (ProbeError, BotoCoreError, ClientError) as error:
            problem = str(error)
        if not problem:
            probes.needed = False
            return
    raise NotTakenBackError(
        f"{by_hand.right.user} may still have USAGE on schema {by_hand.right.schema}, given by hand: {problem}; "
        f"allowed: `keyless verify --remove`, which takes it back and removes the probes, or, {by_hand.way_back}"
    )


def left_behind(probes: Probes) -> Iterator[ByHand]:
    """What the probes of an earlier verify were deployed to give."""
    for function in probes.functions:
        if VARIABLE in function.variables:
            yield ByHand(function, Right.read(function.variables))


def _refusal(answer: dict[str, Any], *, held: bool) -> str:
    if not answer["connected"] or answer["message"]:
        return str(answer["message"])
    return "" if answer["facts"]["held"] is held else "PostgreSQL did it, and it has no effect"


def _changed(probes: Probes, by_hand: ByHand, change: Change, address: Address) -> dict[str, Any]:
    question = replace(right(by_hand.function.login), change=change)
    (answer,) = probes.ask(by_hand.function, [reached(question, address)])
    return answer
