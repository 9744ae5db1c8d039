"""What application code says goes into evidence without passwords, tokens and keys."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from keyless.rehearsal.deployment.function import failed
from keyless.rehearsal.lines.masked import masked
from keyless.rehearsal.lines.own.lines import called
from keyless.rehearsal.own_lines.model import OwnLine

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1"
TOKEN = "FwoGZXIvYXdzE" * 10
SECRETS = [
    ("cannot reach postgresql://u:s3cr/et@h:5432/db", "cannot reach postgresql://u:***@h:5432/db"),
    ("postgresql+psycopg://u:secret1@h/db", "postgresql+psycopg://u:***@h/db"),
    ("host=h password=secret1 user=u", "host=h password=*** user=u"),
    ("password = 'sec ret1' user=u", "password = *** user=u"),
    ("environ({'PGPASSWORD': 'secret1', 'PGUSER': 'u'})", "environ({'PGPASSWORD': ***, 'PGUSER': 'u'})"),
    (json.dumps({"dbPassword": "secret1", "a": 1}), '{"dbPassword": ***, "a": 1}'),
    (json.dumps(json.dumps({"token": "secret1"})), r'"{\"token\": ***}"'),
    ("h:5432/?Action=connect&X-Amz-Signature=ab12&x=1", "h:5432/?Action=connect&X-Amz-Signature=***&x=1"),
    (f"with {KEY}", "with ***"),
    (f"by {TOKEN}.", "by ***."),
]
PLAIN = [
    "name must be a string: password is required, token: none",
    "http://localhost:8080/health is not there",
    "SecretArn=arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf",
    "0015f45d991320686a2ecba47a8d9fb70b085f556f8e16b05273898b5c22d0e8",
    "f0e4c2f76c58916ec258f246851bea091d14d424",
    "(psycopg.errors.InsufficientPrivilege) permission denied for table event\nDETAIL:  Key (id)=(1)",
]


@pytest.mark.parametrize(("text", "shown"), SECRETS)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize("text", PLAIN)
def test_everything_else_is_said_as_it_is(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("part", ["a", "a.", "a-b ", "secret", 'a"', "a:/"])
def test_an_answer_of_six_megabytes_is_masked(part: str) -> None:
    """Lambda's longest. With a pattern that tries again at each character this would take days."""
    masked(part * (6_000_000 // len(part)))


def of(invoke: Any, expect: Any) -> Any:
    return called("F", invoke, OwnLine(event={}, expect=expect), 0)


def test_a_functions_error_and_answer_are_masked() -> None:
    def fails(event: Mapping[str, Any]) -> Any:
        raise failed("f", {"errorType": "ValueError", "errorMessage": "password=secret1", "stackTrace": [""]})

    expected: list[Any] = ["allowed", {"refused": {"by": "function"}}, {"result": {"a": 1}}]
    lines = [of(invoke, expect) for expect in expected for invoke in (fails, lambda event: {"password": "secret1"})]
    assert [line.holds for line in lines] == [False, True, True, False, False, False]
    assert "secret1" not in repr(lines)


def test_what_a_file_expects_is_still_found() -> None:
    def fails(event: Mapping[str, Any]) -> Any:
        raise failed("f", {"errorType": "ValueError", "errorMessage": "no: password=missing", "stackTrace": [""]})

    line = of(fails, {"refused": {"by": "function", "message": "password=missing"}})
    assert line.holds
