"""Calls the deployed functions as their rehearsal files say, and holds their answers against these."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.deployment.kinds import LogsIn
from keyless.rehearsal.lines.masked import masked
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.own.refusals import by_whom, sqlstate_of
from keyless.rehearsal.lines.own.server import refusing
from keyless.rehearsal.own_lines.model import FILE, OwnLine, Refused, RefusedExpectation, RehearsalFile, Result
from keyless.rehearsal.stage.running import Stage

Invoke = Callable[[Mapping[str, Any]], Any]
"""Returns what the function does. Raises FunctionError."""
_BY = {"PostgreSQL": Outcome.BY_POSTGRESQL, "IAM": Outcome.BY_IAM, "function": Outcome.BY_FUNCTION}
"""Of MySQL's family, the server that there is."""


def own_lines(stage: Stage) -> Iterator[Line]:
    """Of every function with a file, in the order that the files say."""
    for client, file in _in_order(stage):
        lines = "1 line" if len(file.lines) == 1 else f"{len(file.lines)} lines"
        stage.tell(f"calling {client.name}, {client.function.seconds} s at most each: {lines}")
        for index, line in enumerate(file.lines):
            measured = called(client.name, client.function.invoke, line, index, refusing(stage))
            yield measured.of(f"function {client.name}")


def called_again(stage: Stage, client: LogsIn, when: str) -> Iterator[Line]:
    """The last call in a function's file that must be allowed, once more; nothing where there is none."""
    for function, file in _in_order(stage):
        allowed = [(i, line) for i, line in enumerate(file.lines) if not _must_fail(line)]
        for index, line in allowed[-1:] if function is client else ():
            again = called(function.name, function.function.invoke, line, index, refusing(stage))
            yield replace(again, what=f"{again.what}, {when}")


def _must_fail(line: OwnLine) -> bool:
    return isinstance(line.expect, RefusedExpectation)


def _in_order(stage: Stage) -> list[tuple[Client, RehearsalFile]]:
    files = ((client, stage.own_files.get(client.source)) for client in stage.deployed.clients)
    return sorted(((client, file) for client, file in files if file), key=lambda pair: pair[1].order)


def called(name: str, invoke: Invoke, line: OwnLine, index: int, server: Outcome = Outcome.BY_POSTGRESQL) -> Line:
    """The line of one call. `server`: what it is when the database's server refuses."""
    what = f"{name}: {line.title or f'line {index + 1} of its {FILE}'}"
    try:
        answer = invoke(line.event)
    except FunctionError as error:
        return _failed(what, line, error, server)
    returned = masked(f"the function returned {json.dumps(answer)}")
    match line.expect:
        case RefusedExpectation(refused=refused):
            return Line(what, _BY.get(refused.by, server), refused.message or "", Attempt(Outcome.ALLOWED, returned))
        case Result(result=result, exact=exact) if not _fits(result, answer, exact=exact):
            expected = masked(f"the function returned {json.dumps(result)}")
            return Line(what, Outcome.ALLOWED, expected, Attempt(Outcome.ANOTHER_RESULT, returned))
        case _:
            return Line(what, Outcome.ALLOWED, "", Attempt(Outcome.ALLOWED, returned))


def _failed(what: str, line: OwnLine, error: FunctionError, server: Outcome) -> Line:
    asked: Refused | None = line.expect.refused if isinstance(line.expect, RefusedExpectation) else None
    state = sqlstate_of(error)
    words = masked(error.words, known=asked.message or "" if asked else "")
    reason = f"{error.kind}{f' ({state})' if state else ''}: {words}"
    measured = Attempt(by_whom(error, asked, server), reason)
    if not asked:
        return Line(what, Outcome.ALLOWED, "", measured)
    return Line(what, _BY.get(asked.by, server), asked.message or "", measured)


def _fits(expected: Any, answer: Any, *, exact: bool) -> bool:
    """As JSON compares: true is no number. An object may have more fields, wherever it stands, unless `exact`."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        known = expected.keys() == answer.keys() if exact else expected.keys() <= answer.keys()
        return known and all(_fits(value, answer[name], exact=exact) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(answer, list):
        pairs = zip(expected, answer, strict=False)
        return len(expected) == len(answer) and all(_fits(one, other, exact=exact) for one, other in pairs)
    return isinstance(expected, bool) == isinstance(answer, bool) and bool(expected == answer)
