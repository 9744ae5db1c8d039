"""What a function's own line says holds only of what it says: another failure isn't the refusal that was meant."""

from collections.abc import Mapping
from typing import Any

import pytest

from keyless.rehearsal.deployment.function import failed
from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.own.lines import called
from keyless.rehearsal.own_lines.model import OwnLine

BY_FUNCTION = {"refused": {"by": "function"}}
NO_RIGHT = {"refused": {"by": "PostgreSQL", "sqlstate": "42501"}}
TWICE = {"refused": {"by": "PostgreSQL", "sqlstate": "23505"}}
BY_IAM = {"refused": {"by": "IAM"}}
HANDLED, IMPORTED = (
    '  File "handler.py", line 2, in handler\n',
    '  File "importlib/__init__.py", line 1, in import_module\n',
)
DENIED = "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: not authorized"
FAILURES: list[tuple[dict[str, Any], str, str, bool]] = [
    (BY_FUNCTION, "ValueError", "name must be a string", True),
    (BY_FUNCTION, "Runtime.ImportModuleError", "Unable to import module 'handler'", False),
    (BY_FUNCTION, "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'handler'", False),
    (BY_FUNCTION, "Sandbox.Timedout", "Task timed out after 11.00 seconds", False),
    (BY_FUNCTION, "Runtime.ExitError", "Runtime exited with error: exit status 1", False),
    (BY_FUNCTION, "Function.ResponseSizeTooLarge", "Response payload size exceeded", False),
    (BY_FUNCTION, "ModuleNotFoundError", "No module named 'nonexistent_thing'", False),
    (BY_FUNCTION, "", "anything", False),
    (BY_FUNCTION, "ConnectError", "cannot connect to database nope", False),
    (BY_FUNCTION, "UniqueViolation", "duplicate key value violates unique constraint", False),
    (BY_FUNCTION, "ClientError", "An error occurred (Throttling) when calling the Publish operation: slower", False),
    (NO_RIGHT, "InsufficientPrivilege", "permission denied for table event", True),
    (NO_RIGHT, "ProgrammingError", "(psycopg.errors.InsufficientPrivilege) permission denied for table event", True),
    (NO_RIGHT, "ValueError", "permission denied for table x", False),
    (NO_RIGHT, "ConnectError", 'FATAL:  role "disabled" is not permitted to log in', False),
    (NO_RIGHT, "OperationalError", "FATAL:  too many connections for role", False),
    (NO_RIGHT, "OperationalError", "FATAL:  permission denied for database app", False),
    (NO_RIGHT, "UniqueViolation", "permission denied for table, 42501", False),
    (TWICE, "UniqueViolation", "duplicate key value violates unique constraint", True),
    (TWICE, "ValueError", "order 23505 not found", False),
    (TWICE, "InsufficientPrivilege", "permission denied for table t_23505", False),
    (BY_IAM, "AccessDeniedException", DENIED, True),
    (BY_IAM, "ClientError", DENIED, True),
    (BY_IAM, "ConnectError", "FATAL:  PAM authentication failed for user", True),
    (BY_IAM, "ValueError", "AccessDenied", False),
    (BY_IAM, "ValueError", "PAM authentication failed", False),
]


def of(expect: Any, invoke: Any) -> Line:
    return called("F", invoke, OwnLine(event={}, expect=expect), 0)


@pytest.mark.parametrize(("expect", "kind", "words", "holds"), FAILURES)
def test_only_the_refusal_that_is_meant_counts(expect: Any, kind: str, words: str, holds: bool) -> None:
    def invoke(event: Mapping[str, Any]) -> Any:
        raise failed("f", {"errorType": kind, "errorMessage": words, "stackTrace": [HANDLED]})

    assert of(expect, invoke).holds is holds


def test_a_function_that_fails_while_it_is_imported_refuses_nothing() -> None:
    def invoke(event: Mapping[str, Any]) -> Any:
        raise failed("f", {"errorType": "KeyError", "errorMessage": "'TABLE'", "stackTrace": [IMPORTED, HANDLED]})

    assert not of(BY_FUNCTION, invoke).holds


RESULTS: list[tuple[Any, Any, bool, bool]] = [
    ({"a": 1}, {"a": True}, False, False),
    ({"ok": False}, {"ok": 0}, False, False),
    (1, True, False, False),
    ([1], [True], True, False),
    (1, 1.0, False, True),
    ({"a": 1}, {"a": 1, "b": 2}, False, True),
    ({"a": 1}, {"a": 1, "b": 2}, True, False),
    ([{"b": 1}], [{"b": 1, "c": 2}], False, True),
    ([{"b": 1}], [{"b": 1, "c": 2}], True, False),
    ([[{"b": 1}]], [[{"b": 1, "c": 2}]], False, True),
    ([1], [1, 2], False, False),
    ({}, [], False, False),
]


@pytest.mark.parametrize(("result", "answer", "exact", "holds"), RESULTS)
def test_results_are_compared_as_json(result: Any, answer: Any, exact: bool, holds: bool) -> None:
    line = of({"result": result, "exact": exact}, lambda event: answer)
    assert (line.holds, line.measured.outcome == line.expected) == (holds, holds)
