"""`keyless --secret`: secrets for users of a spec whose secrets the stacks create."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.emulator.cloud import Cloud
from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.database.engine import run, spec, with_user

WANTED = with_user(username="report", auth_method="password", databases=["app"])


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with Cloud() as running:
        yield running


@pytest.fixture
def secret(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    created: dict[str, Any] = cloud.client("secretsmanager").create_secret(
        Name=f"keyless/{uuid.uuid4()}", SecretString=json.dumps({"username": "report", "password": "from the stack"})
    )
    return str(created["ARN"])


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def stored(database: Database) -> str | None:
    ((password,),) = run(database, "rdsadmin", "SELECT rolpassword FROM pg_authid WHERE rolname = 'report'")
    return None if password is None else str(password)


def test_a_secret_named_on_the_command_line_is_the_users_password(cli: Cli, secret: str) -> None:
    config = cli.write(WANTED)
    answer = cli("sync", "--yes", "--config", config, "--secret", f"report={secret}")
    assert answer.status == 0 and "from the stack" not in answer.out + answer.err
    assert str(stored(cli.database)).startswith("SCRAM-SHA-256$")
    assert cli("sync", "--yes", "--config", config, "--secret", f"report={secret}", "--detailed-exitcode").status == 0
    assert cli("prove", "--config", config, "--secret", f"report={secret}").status == 0


def test_without_it_the_password_stays_and_the_operator_is_warned(cli: Cli, secret: str) -> None:
    config = cli.write(WANTED)
    cli("sync", "--yes", "--config", config, "--secret", f"report={secret}")
    before = stored(cli.database)
    answer = cli("sync", "--yes", "--config", config, "--detailed-exitcode")
    assert (answer.status, stored(cli.database)) == (0, before)
    assert "no secret is named for user 'report', so its password stays as it is" in answer.err
    assert "--secret report=ARN" in answer.err
    assert cli("prove", "--config", config).status == 0


def test_who_has_no_secret_is_said_once_however_many_databases_there_are(cli: Cli) -> None:
    two = [{"name": name} for name in ("app", "second")]
    config = cli.write(spec(databases=two, users=[{"username": "report", "auth_method": "password"}]))
    for command in (["sync", "--yes"], ["sync", "--dry-run"], ["prove"]):
        answer = cli(*command, "--config", config)
        assert answer.err.count("no secret is named for user 'report'") == 1, answer.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("report", "this value is not a user and its secret; allowed: USER=ARN"),
        ("=arn", "is not a user and its secret"),
        ("report=", "is not a user and its secret"),
        ("lambda_writer=arn", "secret for user 'lambda_writer': its auth_method is iam; allowed: report"),
        ("report=arn", "users[2].password_secret"),
    ],
)
def test_a_wrong_secret_is_refused_before_anything_runs(cli: Cli, option: str, message: str) -> None:
    answer = cli("sync", "--yes", "--config", cli.write(WANTED), "--secret", option)
    assert answer.status == 1 and message in answer.err
    assert run(cli.database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'report'") == []
