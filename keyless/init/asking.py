"""Asks at the terminal what the command line leaves open. Without a terminal, or with --yes, the defaults stand."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from keyless import asking
from keyless.init.answers import QUESTIONS, Answers, InitError, Question, problems, refusal


def answered(given: Mapping[str, str], default: Answers, *, ask: bool) -> Answers:
    """The answers of `given`, by field, and for the others what is asked, or those of `default`.

    Raises:
        InitError: with everything that is wrong with what was given.
    """
    answers = replace(default, **given)
    if found := list(problems(answers)):
        raise InitError("\n".join(found))
    if not (ask and asking.attended()):
        return answers
    asked = {q.field: _asked(q, getattr(answers, q.field)) for q in QUESTIONS if q.field not in given}
    return replace(answers, **asked)


def _asked(question: Question, default: str) -> str:
    """Again until the answer is possible."""
    while True:
        line = asking.answer(f"{question.text} [{default}]: ")
        if not line:
            raise InitError("there was no answer; allowed: --yes, which takes the defaults")
        answer = line.strip() or default
        if question.holds(answer):
            return answer
        print(refusal(question, answer), file=sys.stderr)
