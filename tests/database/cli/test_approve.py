"""`keyless approve` writes down what a deploy would do, and changes nothing."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import digest
from tests.conftest import Database
from tests.database.cli.runner import CONFIG, Answer, Cli
from tests.database.engine import converge, fingerprint, major

SPEC = AccessSpec.load(CONFIG)
NAMED = SPEC.named("KeylessAurora-dev-access")


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def approve(cli: Cli, *options: str | Path) -> tuple[Answer, Path]:
    to = cli.folder / "approved" / "dev.json"
    return cli("approve", "--config", CONFIG, "--to", to, *options), to


def test_it_shows_every_statement_and_changes_nothing(cli: Cli) -> None:
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer, to = approve(cli, "--managed-by", "KeylessAurora-dev-access")
        assert fingerprint(connection) == before
    approved = Approved.load(to)
    assert answer.status == 0
    assert approved.spec == digest(NAMED.as_properties())
    (expected,) = approved.databases
    assert 'CREATE SCHEMA "foo" AUTHORIZATION "app_owner"' in expected.effects
    assert [line.strip() for line in answer.out.splitlines()[1:]] == [*expected.shared, *expected.effects]
    assert approved.digest in answer.err


def test_the_spec_is_where_the_other_commands_look_for_it(cli: Cli) -> None:
    (cli.folder / "config").mkdir()
    (cli.folder / "config" / "access.yaml").write_bytes(CONFIG.read_bytes())
    cli.patch.chdir(cli.folder)
    to = cli.folder / "dev.json"
    assert cli("approve", "--to", to, "--first").status == 0 and Approved.load(to).first


def test_it_is_what_a_run_then_does(cli: Cli) -> None:
    _, to = approve(cli)
    assert converge(cli.database, SPEC, approved=Approved.load(to)).changes > 0


def test_for_a_first_deploy_it_connects_to_nothing(cli: Cli) -> None:
    cli.env(PGHOST="nowhere.invalid")
    answer, to = approve(cli, "--first")
    assert answer.status == 0
    assert Approved.load(to).first and Approved.load(to).spec == digest(SPEC.as_properties())


def test_where_it_cannot_look_nothing_is_written(cli: Cli) -> None:
    cli.env(PGPORT="1")
    answer, to = approve(cli)
    assert answer.status == 1 and "no connection" in answer.err and not to.exists()


def test_a_file_that_cannot_be_written_is_an_error(cli: Cli) -> None:
    (cli.folder / "approved").write_text("")
    answer, _ = approve(cli)
    assert answer.status == 1 and "approved is not a folder; allowed: a file" in answer.err


class Lambda:
    """Stands for AWS, as the command calls it."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, list[Any]()

    def invoke(self, **asked: Any) -> Any:
        self.asked.append({**asked, "Payload": json.loads(asked["Payload"])})
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode())}


def test_the_function_is_asked_instead(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _, to = approve(cli)
    known = Approved.load(to)
    to.unlink()
    client = Lambda({"Approval": known.model_dump(mode="json")})
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: client)
    cli.env(PGHOST="nowhere.invalid")
    answer, to = approve(cli, "--function", "watch")
    assert answer.status == 0 and Approved.load(to) == known
    assert client.asked == [{"FunctionName": "watch", "Payload": {"Propose": SPEC.as_properties()}}]


@pytest.mark.parametrize(
    "given",
    [
        {"errorMessage": "the database is away"},
        {"drift": 0},
        {"Approval": {}},
        {"Approval": None},
        None,
        ["Approval"],
        "Approval",
        7,
    ],
)
def test_a_function_that_gives_no_approval_is_an_error(cli: Cli, monkeypatch: pytest.MonkeyPatch, given: Any) -> None:
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: Lambda(given))
    answer, to = approve(cli, "--function", "watch")
    assert answer.status == 1 and not to.exists() and "Traceback" not in answer.err
    assert (given["errorMessage"] if isinstance(given, dict) and "errorMessage" in given else "function") in answer.err


def test_an_answer_that_is_no_json_is_an_error(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    class Raw(Lambda):
        def invoke(self, **_: Any) -> Any:
            return {"Payload": io.BytesIO(b"\xff{")}

    monkeypatch.setattr(Session, "create_client", lambda *_, **__: Raw(None))
    answer, to = approve(cli, "--function", "watch")
    assert answer.status == 1 and not to.exists() and "gave no approval" in answer.err


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"spec": "0" * 64}, "another access spec"),
        ({"first": True, "databases": []}, "a first deploy"),
        ({"made": "9999-12-31T00:00:00.000000Z"}, "no time that has been"),
        ("more", "other databases"),
    ],
)
def test_an_answer_to_something_else_is_an_error(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, changed: Any, problem: str
) -> None:
    _, to = approve(cli)
    known = Approved.load(to).model_dump(mode="json")
    to.unlink()
    if changed == "more":
        changed = {"databases": [*known["databases"], {**known["databases"][0], "database": "nowhere"}]}
    monkeypatch.setattr(Session, "create_client", lambda *_, **__: Lambda({"Approval": {**known, **changed}}))
    answer, to = approve(cli, "--function", "watch")
    assert answer.status == 1 and not to.exists() and problem in answer.err and "Traceback" not in answer.err


def test_only_an_approval_is_overwritten(cli: Cli) -> None:
    """Not the access spec, nor anything else; it is found out before anybody connects."""
    cli.env(PGHOST="nowhere.invalid")
    spec = cli.folder / "spec.json"
    spec.write_text(text := json.dumps(SPEC.as_properties()))
    yaml = cli.folder / "access.yaml"
    yaml.write_text(CONFIG.read_text())
    for to, says in (
        (spec, "the approval has "),
        (yaml, "the approval has "),
        (cli.folder, "is a folder; allowed: a file"),
    ):
        answer = cli("approve", "--config", CONFIG, "--to", to, "--first")
        assert answer.status == 1 and says in answer.err and str(to) in answer.err
    assert spec.read_text() == text and yaml.read_text() == CONFIG.read_text()


def test_one_that_replaces_another_is_the_later(cli: Cli) -> None:
    _, to = approve(cli, "--first")
    ahead = (datetime.now(UTC) + timedelta(minutes=2)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    to.write_text(Approved.load(to).model_copy(update={"made": ahead}).text)
    approve(cli, "--first")
    assert Approved.load(to).made > ahead


def test_what_is_left_to_others_is_shown_and_written_down(cli: Cli) -> None:
    converge(cli.database, SPEC)
    with cli.database.superuser() as connection:
        connection.execute("GRANT pg_read_all_data TO lambda_writer")
    answer, to = approve(cli)
    (expected,) = Approved.load(to).databases
    if major(cli.database) < 16:  # who may make roles there takes back any membership
        assert 'REVOKE "pg_read_all_data" FROM "lambda_writer"' in expected.shared
        return
    assert any("pg_read_all_data" in sentence for sentence in expected.left)
    assert all(sentence in answer.err for sentence in (*expected.left, *expected.warnings))


def test_an_approval_is_of_all_databases(cli: Cli) -> None:
    answer, to = approve(cli, "--database", "app")
    assert answer.status == 1 and "no such option: --database" in answer.err and not to.exists()
