"""What the network refuses is told apart from what IAM refuses: the rehearsal's stand-ins have no security groups."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Outcome
from keyless.verify.deployed import Deployed, Function
from keyless.verify.measured import measured
from keyless.verify.probes import Probes
from keyless.verify.table import Table, table
from keyless_probe.question import Question
from tests.app.app import ACCESS

PROXY = "p.proxy-c1.eu-west-1.rds.amazonaws.com"
DATABASE = "d.cluster-c1.eu-west-1.rds.amazonaws.com"
STRAIGHT = "workload/Writer straight to the database"
NO_WAY = {"connected": False, "message": "connection timeout expired"}
IAM = {"connected": False, "message": 'FATAL:  PAM authentication failed for user "x"'}
IN = {"connected": True, "user": "x", "milliseconds": 3}


def _function(name: str, host: str, user: str, **more: str) -> Function:
    variables = {"PGHOST": host, "PGPORT": "5432", "PGUSER": user, "PGDATABASE": "app", **more}
    return Function(name, {"FunctionName": name, "Environment": {"Variables": variables}}, "")


class Asked:
    """Answers as each endpoint would."""

    def __init__(self, straight: dict[str, Any]) -> None:
        self.straight = straight
        self.tried: list[Question] = []

    def ask(self, function: Function, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
        self.tried += questions
        for question in questions:
            yield self.straight if question.host == DATABASE else IAM


def _deployed(**more: str) -> Deployed:
    writer = _function("workload/Writer", PROXY, "lambda_writer", **more)
    engine = _function("access/Bootstrap", DATABASE, "keyless_master")
    return Deployed("KeylessAurora-dev", (writer,), engine, engine, {}, True, False)


def _table(asked: Asked, **more: str) -> Table:
    return table(_deployed(**more), cast(Probes, asked), AccessSpec.load(ACCESS))


def test_where_there_is_no_way_one_line_says_so_and_the_others_are_not_tried() -> None:
    asked = Asked(NO_WAY)
    found = _table(asked)
    straight = [line for line in found.lines if "straight" in line.what]
    assert [(line.what, line.expected, line.holds) for line in straight] == [(STRAIGHT, Outcome.NO_WAY, True)]
    assert [question.host for question in asked.tried].count(DATABASE) == 1
    assert found.notes == [
        f"whether IAM refuses {STRAIGHT}, as lambda_writer, migrator, drift_watch, keyless_master, keyless_nobody: "
        "there is no way there"
    ]


def test_where_there_is_a_way_each_name_is_refused_by_iam() -> None:
    found = _table(Asked(IAM))
    straight = {line.what: line.expected for line in found.lines if "straight" in line.what}
    assert straight == {
        STRAIGHT: Outcome.BY_IAM,
        f"{STRAIGHT}, as migrator": Outcome.BY_IAM,
        f"{STRAIGHT}, as drift_watch": Outcome.BY_IAM,
        f"{STRAIGHT}, as keyless_master": Outcome.BY_IAM,
        f"{STRAIGHT}, as keyless_nobody": Outcome.WRONG_PASSWORD,
    }
    assert found.notes == []


@pytest.mark.parametrize(("answer", "holds"), [(NO_WAY, True), (IN, False), (IAM, False)])
def test_nothing_but_the_network_keeps_a_password_from_the_database(answer: dict[str, Any], holds: bool) -> None:
    asked = Asked(answer)
    found = _table(asked, DB_SECRET_ARN="arn:aws:secretsmanager:eu-west-1:111122223333:secret:x")
    (line,) = [line for line in found.lines if line.what == STRAIGHT]
    assert (line.expected, line.holds) == (Outcome.NO_WAY, holds)
    assert "secret" in {question.token for question in asked.tried if question.host == DATABASE}


@pytest.mark.parametrize("message", ["connection timeout expired", "connection failed: Connection timed out"])
def test_a_timeout_is_no_refusal_by_iam(message: str) -> None:
    assert measured({"connected": False, "message": message}).outcome is Outcome.NO_WAY
