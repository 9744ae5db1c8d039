"""`keyless verify` where users log in with passwords: who refuses is the proxy that asks for one, or the database."""

from dataclasses import replace

import pytest

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed, Function
from keyless.verify.probes import Probes
from keyless.verify.rehearsed import addresses
from keyless.verify.table import Table, table
from tests.rehearsal.lines.password_users.secret_breaks import READ, function, moved


@pytest.fixture
def only(deployed: Deployed, writer: Function) -> Deployed:
    return replace(deployed, functions=(writer,))


def _found(stage: Stage, only: Deployed, asked: Probes) -> Table:
    stage.end_sessions()
    return table(only, asked, stage.deployed.spec, addresses(stage))


def _wrong(found: Table) -> dict[str, Line]:
    return {line.what.removeprefix("workload/Writer "): line for line in found.lines if not line.holds}


def test_each_other_user_is_refused_by_its_own_way(secret_stage: Stage, only: Deployed, asked: Probes) -> None:
    found = _found(secret_stage, only, asked)
    assert _wrong(found) == {}
    measured = {line.what.removeprefix("workload/Writer "): line.measured.outcome for line in found.lines}
    assert measured["as migrator"] is Outcome.WRONG_PASSWORD
    assert measured["as drift_watch"] is Outcome.NO_CREDENTIALS
    assert measured["straight to the database, as migrator"] is Outcome.WRONG_PASSWORD
    assert measured["straight to the database, as drift_watch"] is Outcome.BY_IAM
    assert found.notes == [
        "workload/Writer straight to the database: security groups refuse it, and stand-ins have none"
    ]


def test_a_secret_that_cannot_be_read_is_named_and_the_other_lines_are_measured(
    secret_stage: Stage, only: Deployed, asked: Probes
) -> None:
    with moved(function("workload", "Writer"), READ)(secret_stage):
        wrong = _wrong(_found(secret_stage, only, asked))
    assert wrong.keys() == {"as lambda_writer", "with the roots of another authority"}
    assert "secretsmanager:GetSecretValue" in wrong["as lambda_writer"].measured.message
    assert _wrong(_found(secret_stage, only, asked)) == {}
