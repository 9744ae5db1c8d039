"""The lines of the drift watch: what it finds when somebody gives a right by hand, who is told, and that it is silent
otherwise."""

import json
from collections.abc import Iterator
from typing import LiteralString

from keyless.rehearsal.deployment.drift_watch import Heard, Watch
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.attempts import Attempt, Outcome
from keyless.rehearsal.lines.lifecycle import engine_changes
from keyless.rehearsal.lines.writer import Line
from keyless.rehearsal.stage.running import Stage

_UNTOUCHED = "drift watch, nothing changed by hand"
_SAYS = "is as its access spec says"
_GIVEN = "'lambda_writer' can CREATE on schema foo"


def drift(stage: Stage) -> Iterator[Line]:
    """Lines that can be measured again and again: the right that they give, the engine takes back."""
    try:
        called = stage.deployed.schedule
    except LookupError as error:
        yield Line(_UNTOUCHED, Outcome.AS_SPECIFIED, _SAYS, Attempt(Outcome.OTHER, str(error)))
        return
    with Watch(stage.cloud, called, stage.deployed.topic) as watch:
        yield Line(_UNTOUCHED, Outcome.AS_SPECIFIED, _SAYS, _silent(watch.call(), stage))
        try:
            yield from _given_by_hand(stage, watch)
        finally:
            _behind(stage, "REVOKE CREATE ON SCHEMA foo FROM lambda_writer")


def _given_by_hand(stage: Stage, watch: Watch) -> Iterator[Line]:
    _behind(stage, "GRANT CREATE ON SCHEMA foo TO lambda_writer")
    heard = watch.call()
    yield Line("drift watch, a right given by hand", Outcome.DRIFT, _GIVEN, _found(heard, stage))
    yield Line("its notice arrives at the topic", Outcome.TOLD, _GIVEN, _told(heard, stage))
    yield Line("drift watch, the right taken back", Outcome.AS_SPECIFIED, _SAYS, _taken_back(stage, watch))


def _taken_back(stage: Stage, watch: Watch) -> Attempt:
    try:
        count = engine_changes(stage)
    except FunctionError as error:
        return Attempt(Outcome.OTHER, str(error))
    silent = _silent(watch.call(), stage)
    return Attempt(silent.outcome, f"the bootstrap function reports {count} changes; {silent.reason}", silent.said)


def _silent(heard: Heard, stage: Stage) -> Attempt:
    """What it found, unless somebody was told."""
    return _told(heard, stage) if heard.notices else _found(heard, stage)


def _found(heard: Heard, stage: Stage) -> Attempt:
    """From Lambda's record, which has the function's answer."""
    if heard.record is None:
        return Attempt(Outcome.OTHER, "no record of the call is on the event bus", stage.cloud.log_tail())
    answer = heard.record["responsePayload"]
    if heard.record["requestContext"]["condition"] != "Success":
        return Attempt(Outcome.OTHER, f"the watch failed: {answer['errorMessage']}")
    outcome = {0: Outcome.AS_SPECIFIED, None: Outcome.OTHER}.get(answer["drift"], Outcome.DRIFT)
    return Attempt(outcome, answer["summary"], json.dumps(answer))


def _told(heard: Heard, stage: Stage) -> Attempt:
    """From the topic's one message. Its whole text is evidence."""
    if len(heard.notices) != 1:
        return Attempt(
            Outcome.OTHER, f"{len(heard.notices)} notices arrived", "\n".join(heard.notices) or stage.cloud.log_tail()
        )
    (text,) = heard.notices
    try:
        notice = json.loads(text)
        reason = f"{notice['meaning'].split('. ')[0]}: {'; '.join(notice['found']['surprises'])}"
    except (KeyError, TypeError, ValueError):
        return Attempt(Outcome.OTHER, "the notice has no finding", text)
    return Attempt(Outcome.TOLD, reason, text)


def _behind(stage: Stage, statement: LiteralString) -> None:
    """By the superuser, on whom neither engine nor IAM has a say."""
    with stage.superuser() as connection:
        connection.execute(statement)
