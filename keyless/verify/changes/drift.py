"""The lines of the drift watch: silent, then naming a right that was given by hand, then silent again."""

from collections.abc import Iterator
from typing import Final

from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.verify.changes.by_hand import ByHand
from keyless.verify.changes.giving import given
from keyless.verify.changes.watch import Watch
from keyless.verify.probes import Probes
from keyless.verify.questions import Address

_IN_ORDER: Final = "is as its access spec says"
UNTOUCHED: Final = "drift watch, nothing changed by hand"
GIVEN: Final = "drift watch, a right given by hand"
TAKEN_BACK: Final = "drift watch, the right taken back"


def drift(probes: Probes, watch: Watch, by_hand: ByHand, address: Address) -> Iterator[Line]:
    """Nothing is given where the watch sees something already: what is taken back must be what was given here.

    Raises NotTakenBackError.
    """
    before = Line(UNTOUCHED, Outcome.AS_SPECIFIED, _IN_ORDER, watch.looks())
    yield before
    if not before.holds:
        return
    with given(probes, by_hand, address) as problem:
        seen = Attempt(Outcome.OTHER, f"it could not be given: {problem}") if problem else watch.looks()
    yield Line(GIVEN, Outcome.DRIFT, by_hand.found, seen)
    yield Line(TAKEN_BACK, Outcome.AS_SPECIFIED, _IN_ORDER, watch.looks())
