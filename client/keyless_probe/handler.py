"""The probe's entry point: questions in, answers out. It keeps nothing and logs nothing."""

import os
import platform
from collections.abc import Mapping
from typing import Any

from keyless_client import environment
from keyless_probe import places
from keyless_probe.answers import Answer
from keyless_probe.by_hand import Right
from keyless_probe.question import Question, QuestionError

_ENOUGH_MILLISECONDS = 15_000
"""A login that isn't answered takes ten seconds."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answers in the order of `event["questions"]`, as many as there is time for: who asks, asks again for the rest.

    Raises:
        QuestionError: for a question that no probe answers. Then nothing was tried.
        NoRightError: for a change, in a probe that was deployed to change nothing, or on MySQL. The same.
    """
    questions = [Question.parse(raw) for raw in _asked(event)]
    for question in questions:
        places.check(question, os.environ)
    if any(question.change for question in questions):
        Right.read({} if environment.MYSQL.host in os.environ else os.environ)
    answers: list[dict[str, Any]] = []
    for question in questions:
        if answers and context.get_remaining_time_in_millis() < _ENOUGH_MILLISECONDS:
            break
        answers.append(_answer(question).as_json())
    return {"answers": answers, "python": platform.python_version()}


def _answer(question: Question) -> Answer:
    """By the engine that the probe's function was given access to. Only its driver is there."""
    if environment.MYSQL.host in os.environ:
        from keyless_probe.mysql.login import answer
    else:
        from keyless_probe.login import answer
    return answer(question)


def _asked(event: object) -> list[Any]:
    found = event.get("questions") if isinstance(event, Mapping) else None
    if not (isinstance(found, list) and found):
        raise QuestionError("nothing was asked; allowed: a mapping with a list of `questions`, one at least")
    return found
