"""The lines of the drift watch: it notifies when somebody grants a right by hand, and only then."""

import json
from collections.abc import Iterator

from keyless.rehearsal.deployment.drift_watch import DriftWatch, Received
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.platform.engine import engine_changes
from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.lines.platform.families.family import ByHand
from keyless.rehearsal.stage.running import Stage

_UNTOUCHED = "drift watch, nothing changed by hand"
_IN_ORDER = "is as its access spec says"


def drift(stage: Stage) -> Iterator[Line]:
    """Lines that can be measured again and again: the engine revokes the right that they grant."""
    try:
        schedule = stage.deployed.schedule
    except LookupError as error:
        yield Line(_UNTOUCHED, Outcome.AS_SPECIFIED, _IN_ORDER, Attempt(Outcome.OTHER, str(error)))
        return
    with DriftWatch(stage.cloud, schedule, stage.deployed.topic) as watch:
        yield Line(_UNTOUCHED, Outcome.AS_SPECIFIED, _IN_ORDER, _without_notice(watch.call(), stage))
        right = of(stage).by_hand()
        try:
            yield from _granted_by_hand(stage, watch, right)
        finally:
            right.take()


def _granted_by_hand(stage: Stage, watch: DriftWatch, right: ByHand) -> Iterator[Line]:
    right.give()
    received = watch.call()
    yield Line("drift watch, a right given by hand", Outcome.DRIFT, right.found, _found(received, stage))
    yield Line("its notice arrives at the topic", Outcome.NOTIFIED, right.found, _notified(received, stage))
    yield Line("drift watch, the right taken back", Outcome.AS_SPECIFIED, _IN_ORDER, _taken_back(stage, watch))


def _taken_back(stage: Stage, watch: DriftWatch) -> Attempt:
    try:
        count = engine_changes(stage)
    except FunctionError as error:
        return Attempt(Outcome.OTHER, str(error))
    quiet = _without_notice(watch.call(), stage)
    return Attempt(quiet.outcome, f"the bootstrap function reports {count} changes; {quiet.reason}", quiet.message)


def _without_notice(received: Received, stage: Stage) -> Attempt:
    """What it found; a notice is wrong here, so it counts first."""
    return _notified(received, stage) if received.notices else _found(received, stage)


def _found(received: Received, stage: Stage) -> Attempt:
    """From Lambda's record, which has the function's answer."""
    if received.record is None:
        return Attempt(Outcome.OTHER, "no record of the call is on the event bus", stage.cloud.log_tail())
    answer = received.record["responsePayload"]
    if received.record["requestContext"]["condition"] != "Success":
        return Attempt(Outcome.OTHER, f"the watch failed: {answer['errorMessage']}")
    outcome = {0: Outcome.AS_SPECIFIED, None: Outcome.OTHER}.get(answer["drift"], Outcome.DRIFT)
    return Attempt(outcome, answer["summary"], json.dumps(answer))


def _notified(received: Received, stage: Stage) -> Attempt:
    """From the topic's one message. Its whole text is evidence."""
    if len(received.notices) != 1:
        return Attempt(
            Outcome.OTHER,
            f"{len(received.notices)} notices arrived",
            "\n".join(received.notices) or stage.cloud.log_tail(),
        )
    (text,) = received.notices
    try:
        notice = json.loads(text)
        reason = f"{notice['meaning'].split('. ')[0]}: {'; '.join(notice['found']['surprises'])}"
    except (KeyError, TypeError, ValueError):
        return Attempt(Outcome.OTHER, "the notice has no finding", text)
    return Attempt(Outcome.NOTIFIED, reason, text)
