"""What a person asks the drift watch about a spec, be it another than the deployed one: what a deploy of it would do,
and how a database differs from it.

Nothing of the spec can be carried out here: whoever asks has the watch's login, which can connect and nothing else, and
each question only looks: on PostgreSQL in one transaction that the server keeps read-only.
"""

from collections.abc import Mapping
from typing import Any, Final

from db_access.errors import AccessError, shortened
from db_access.family import Family
from db_access.patience import Patience
from db_access.plan.packed import packed
from db_access.spec import AccessSpec
from db_access.spec.deployed import ForeignEventError
from db_access.timeouts import Timeouts

_REASON_BYTES: Final = 1_000_000
"""An error is answered whole, unless it is very long: whoever asks may not read the function's log."""
TIMEOUTS: Final = Timeouts(transient=15, lock=1)
"""A run waits 30 seconds for the lock, so that a look, which gives up after one and holds it for a moment, makes none
fail."""


def asks(event: Mapping[str, Any]) -> bool:
    """Whether the event is a question."""
    return isinstance(event, Mapping) and any(name in event for name in _QUESTIONS)


def answered(event: Mapping[str, Any], family: Family, patience: Patience) -> dict[str, Any]:
    """The answer. An error is for who asks: raised, it would be one of the watch's, which an alarm tells of.

    Args:
        event: `Propose`: a spec; or `Plan` or `Prove`: a spec, and what the family has in a question, of
            PostgreSQL `Database`, one that it declares. Nothing else.
    """
    try:
        name, question = next((name, question) for name, question in _QUESTIONS.items() if name in event)
        _refuse_more(event, {name} if name == "Propose" else {name, *family.in_question})
        return question(event, AccessSpec.parse(event[name]), family, patience)
    except AccessError as error:
        return {"errorMessage": str(shortened(error, _REASON_BYTES))}


def _refuse_more(event: Mapping[str, Any], allowed: set[str]) -> None:
    """Who mixes a question with something else may mean that the other thing is done."""
    if set(event) != allowed:
        raise ForeignEventError(
            f"the question has other fields than {' and '.join(sorted(allowed))}, so nothing was looked at; allowed: "
            "these"
        )


def _approval(_: Mapping[str, Any], spec: AccessSpec, family: Family, patience: Patience) -> dict[str, Any]:
    """What a deploy of the spec would do now, for a review (docs/approval.md)."""
    return {"Approval": family.proposal(spec, timeouts=TIMEOUTS, patience=patience)}


def _plan(event: Mapping[str, Any], spec: AccessSpec, family: Family, patience: Patience) -> dict[str, Any]:
    subject = family.asked_about(event, spec)
    return {"Plan": packed(subject.preview(spec, timeouts=TIMEOUTS, patience=patience))}


def _proof(event: Mapping[str, Any], spec: AccessSpec, family: Family, patience: Patience) -> dict[str, Any]:
    subject = family.asked_about(event, spec)
    return {"Proof": packed(subject.prove(spec, timeouts=TIMEOUTS, patience=patience, under_lock=True))}


_QUESTIONS: Final = {"Propose": _approval, "Plan": _plan, "Prove": _proof}
