"""A probe answers questions from a closed list, and nothing else."""

import json
import os

import pytest

from keyless_probe.by_hand import NoRightError
from keyless_probe.handler import handler
from keyless_probe.places import VARIABLE, check
from keyless_probe.question import Question, QuestionError, Tls, Token


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the probe that is asked."""
    monkeypatch.setenv("PGHOST", "h")
    monkeypatch.setenv("PGPORT", "5432")
    monkeypatch.setenv(VARIABLE, "database:5433")


GOOD = {"id": "a", "host": "h", "port": 5432, "user": "u", "database": "d"}


def test_a_question_survives_its_way_through_json() -> None:
    question = Question(
        "a",
        "h",
        5432,
        "u",
        "d",
        Token.OTHER_HOST,
        Tls.OTHER_ROOTS,
        "other",
        about="master",
        look=True,
        schemas=("a",),
        keys=("id",),
        roles=("u",),
        start=2000,
    )
    assert Question.parse(json.loads(json.dumps(question.as_json()))) == question


@pytest.mark.parametrize(
    "wrong",
    [
        {"sql": "DROP TABLE x"},
        {"tls": "none"},  # which would send a good token in clear, to whoever answers there
        {"tls": "none", "token": "secret"},
        {"token": "anybody's"},
        {"tls": "sometimes"},
        {"options": "-c role=admin"},
        {"acts": [{"kind": "table", "schema": "a", "name": "b", "privilege": "SELECT"}]},
        {"schemas": "foo"},  # which would be read as f, o, o
        {"schemas": ["foo", 5]},
        {"roles": [None]},
        {"about": {"a": 1}},
        {"user": "a\0b"},
        {"port": "5432 sslmode=disable"},
        {"port": True},
        {"port": 70000},
        {"start": -1},
        {"look": "yes"},
        {"change": "drop"},
        {"right": {"schema": "a", "user": "u"}},
    ],
)
def test_what_is_not_in_the_list_is_refused_before_anything_is_tried(wrong: dict[str, object]) -> None:
    with pytest.raises(QuestionError):
        handler({"questions": [GOOD, {**GOOD, **wrong}]}, None)


@pytest.mark.parametrize("change", ["give", "take"])
def test_a_probe_without_a_right_of_its_own_changes_nothing(change: str) -> None:
    with pytest.raises(NoRightError, match="this probe changes nothing"):
        handler({"questions": [GOOD, {**GOOD, "change": change}]}, None)


@pytest.mark.parametrize("wrong", [{"id": "a"}, [], "x", None, 5])
def test_what_is_no_question_is_told_what_one_is(wrong: object) -> None:
    with pytest.raises(QuestionError, match="a question"):
        Question.parse(wrong)


@pytest.mark.parametrize("event", [{}, [], None, {"questions": []}, {"questions": "x"}, {"questions": {"id": "a"}}])
def test_an_event_without_questions_is_told_what_is_allowed(event: object) -> None:
    with pytest.raises(QuestionError, match="nothing was asked; allowed"):
        handler(event, None)  # type: ignore[arg-type]  # whoever may invoke it may send anything


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "anything.internal"},
        {"host": "169.254.169.254", "port": 80},
        {"port": 22},
        {"host": "database"},  # at the other one's port
        {"host": "h,elsewhere"},
        {"host": "/dev/shm"},
        {"hostaddr": "169.254.169.254"},
        {"hostaddr": "10.0.0.1"},
        {"hostaddr": "x y=z"},
        {"token": "other host", "token_host": "elsewhere"},
    ],
)
def test_a_probe_goes_nowhere_but_to_its_function_s_endpoint_and_the_database(elsewhere: dict[str, object]) -> None:
    with pytest.raises(QuestionError, match=r"allowed: .*(h:5432, database:5433|loopback|h, database)"):
        handler({"questions": [{**GOOD, **elsewhere}]}, None)


@pytest.mark.parametrize(
    "place", [{}, {"host": "database", "port": 5433}, {"hostaddr": "127.0.0.9"}, {"token_host": "other.h"}]
)
def test_these_two_are_gone_to(place: dict[str, object]) -> None:
    check(Question.parse({**GOOD, **place}), os.environ)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(QuestionError) as raised:
        Question.parse({**GOOD, "sql": "SELECT 1", "port": "x", "tls": "sometimes", "schemas": "foo"})
    for said in ("there is no sql", "port is not allowed; allowed: a number", "'verified'", "a list of texts"):
        assert said in str(raised.value)
