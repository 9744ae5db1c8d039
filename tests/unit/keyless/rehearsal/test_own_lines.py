"""What a function's own line says holds only of what it says: another failure isn't the refusal that was meant."""

from collections.abc import Mapping
from typing import Any

import pytest

from keyless.rehearsal.deployment.function import failed
from keyless.rehearsal.lines.outcome import Line, Outcome
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


def of(expect: Any, invoke: Any, server: Outcome = Outcome.BY_POSTGRESQL) -> Line:
    return called("F", invoke, OwnLine(event={}, expect=expect), 0, server)


def failing(kind: str, words: str) -> Any:
    def invoke(event: Mapping[str, Any]) -> Any:
        raise failed("f", {"errorType": kind, "errorMessage": words, "stackTrace": [HANDLED]})

    return invoke


@pytest.mark.parametrize(("expect", "kind", "words", "holds"), FAILURES)
def test_only_the_refusal_that_is_meant_counts(expect: Any, kind: str, words: str, holds: bool) -> None:
    assert of(expect, failing(kind, words)).holds is holds


BY_MYSQL, BY_MARIADB = {"refused": {"by": "MySQL"}}, {"refused": {"by": "MariaDB"}}
DUPLICATE = {"refused": {"by": "MySQL", "errno": 1062}}
COMMAND = "DELETE command denied to user 'w'@'localhost' for table `foo`.`event`"
PYMYSQL, CONNECTOR = f'(1142, "{COMMAND}")', f"1142 (42000): {COMMAND}"
SCHEMA = "Access denied for user 'w'@'%' to database 'ops'"
LOGIN = f"cannot connect to database app on db:3306 as w: 1044: {SCHEMA}"
ON_MYSQL: list[tuple[dict[str, Any], str, str, bool]] = [
    (BY_MYSQL, "OperationalError", PYMYSQL, True),
    (BY_MYSQL, "OperationalError", f'(1044, "{SCHEMA}")', True),
    (BY_MYSQL, "OperationalError", f"(pymysql.err.OperationalError) {PYMYSQL}\n[SQL: DELETE]", True),
    (BY_MYSQL, "OperationalError", f"(asyncmy.errors.OperationalError) {PYMYSQL}", True),
    (BY_MYSQL, "OperationalError", f"(MySQLdb.OperationalError) {PYMYSQL}", True),
    (BY_MYSQL, "ProgrammingError", CONNECTOR, True),
    (BY_MYSQL, "ProgrammingError", f"1142: {COMMAND}", True),
    (BY_MYSQL, "ProgrammingError", f"(mysql.connector.errors.ProgrammingError) {CONNECTOR}", True),
    (BY_MYSQL, "ValueError", PYMYSQL, False),
    (BY_MYSQL, "ValueError", CONNECTOR, False),
    (BY_MYSQL, "OperationalError", f"it said {PYMYSQL}", False),
    (BY_MYSQL, "OperationalError", f"(sqlite3.OperationalError) {PYMYSQL}", False),
    (BY_MYSQL, "IntegrityError", "(1062, \"Duplicate entry '1142' for key 'PRIMARY'\")", False),
    (BY_MYSQL, "OperationalError", "(1045, \"Access denied for user 'w'@'%' (using password: YES)\")", False),
    (BY_MYSQL, "OperationalError", f'(1044, "{LOGIN}")', False),
    (BY_MYSQL, "OperationalError", f'(pymysql.err.OperationalError) (1044, "{LOGIN}")', False),
    (BY_MYSQL, "OperationalError", f"1044: {LOGIN}", False),
    (BY_MYSQL, "ConnectError", LOGIN, False),
    (BY_MYSQL, "Refused", LOGIN, False),
    (BY_MYSQL, "InsufficientPrivilege", "permission denied for table event", False),
    (DUPLICATE, "IntegrityError", "(1062, \"Duplicate entry '1' for key 'PRIMARY'\")", True),
    (DUPLICATE, "IntegrityError", "1062 (23000): Duplicate entry '1' for key 'PRIMARY'", True),
    (DUPLICATE, "OperationalError", PYMYSQL, False),
    (BY_FUNCTION, "ValueError", PYMYSQL, True),
    (BY_FUNCTION, "ValueError", CONNECTOR, True),
    (BY_FUNCTION, "Refused", LOGIN, False),
    (BY_FUNCTION, "Refused", "not on a Sunday", True),
    (BY_FUNCTION, "ProgrammingError", CONNECTOR, False),
    (BY_FUNCTION, "IntegrityError", "(1062, \"Duplicate entry '1' for key 'PRIMARY'\")", False),
    (BY_FUNCTION, "InterfaceError", "2003: Can't connect to MySQL server on 'db:3306'", False),
    (BY_IAM, "OperationalError", "(1045, \"Access denied for user 'w'@'%' (using password: YES)\")", False),
]


@pytest.mark.parametrize(("expect", "kind", "words", "holds"), ON_MYSQL)
def test_on_mysql_only_the_refusal_that_is_meant_counts(expect: Any, kind: str, words: str, holds: bool) -> None:
    assert of(expect, failing(kind, words), Outcome.BY_MYSQL).holds is holds


@pytest.mark.parametrize("expect", [BY_MYSQL, BY_MARIADB])
def test_mariadb_refuses_under_its_own_name_and_its_familys(expect: Any) -> None:
    line = of(expect, failing("OperationalError", PYMYSQL), Outcome.BY_MARIADB)
    assert (line.holds, line.expected, line.measured.outcome) == (True, Outcome.BY_MARIADB, Outcome.BY_MARIADB)


def test_a_refusal_that_nobody_expects_is_told_as_the_servers() -> None:
    line = of("allowed", failing("OperationalError", PYMYSQL), Outcome.BY_MYSQL)
    assert (line.holds, line.measured.outcome) == (False, Outcome.BY_MYSQL)


def test_on_postgresql_a_number_is_nobodys() -> None:
    assert of("allowed", failing("OperationalError", PYMYSQL)).measured.outcome is Outcome.OTHER


def test_what_the_server_must_say_is_part_of_its_words() -> None:
    for message, holds in {"DELETE command denied": True, "SELECT command denied": False}.items():
        expect = {"refused": {"by": "MySQL", "errno": 1142, "message": message}}
        assert of(expect, failing("OperationalError", PYMYSQL), Outcome.BY_MYSQL).holds is holds
    allowed = of(BY_MYSQL, lambda event: {}, Outcome.BY_MYSQL)
    assert (allowed.holds, allowed.expected) == (False, Outcome.BY_MYSQL)


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
