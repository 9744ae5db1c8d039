"""Who manages the roles that `keyless` looks for: the spec says it, or the option, or nobody."""

import json
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.database.engine import SAMPLE, converge, run, spec


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """After a deploy, which named the sample after its stack."""
    converge(database, SAMPLE.named("stack"))
    return Cli(database, monkeypatch, capsys, tmp_path)


@pytest.mark.parametrize("command", [["sync", "--yes", "--detailed-exitcode"], ["sync", "--dry-run"], ["prove"]])
def test_a_deployments_roles_are_found_by_the_option_or_the_spec(cli: Cli, command: list[str]) -> None:
    said, unnamed = cli.write(spec(managed_by="stack")), cli.folder / "unnamed.json"
    unnamed.write_text(json.dumps(SAMPLE.as_properties()))
    option = ["--managed-by", "stack"]
    for answer in (
        cli(*command, "--config", said),
        cli(*command, "--config", said, *option),
        cli(*command, "--config", unnamed, *option),
    ):
        assert answer.status == 0, answer
        assert "nothing to do" in answer.out or "as the spec says" in answer.out


@pytest.mark.parametrize(("command", "status"), [(["sync", "--yes"], 1), (["sync", "--dry-run"], 1), (["prove"], 2)])
def test_without_it_they_are_somebody_elses_and_the_answer_names_the_option(
    cli: Cli, command: list[str], status: int
) -> None:
    answer = cli(*command, "--config", cli.write(SAMPLE))
    assert answer.status == status
    assert "role 'app_owner' exists and is managed by 'stack'" in answer.out + answer.err
    assert "--managed-by stack" in answer.out + answer.err


def test_two_names_are_refused(cli: Cli) -> None:
    answer = cli("sync", "--yes", "--config", cli.write(spec(managed_by="mine")), "--managed-by", "stack")
    assert answer.status == 1
    assert "managed_by: the spec says 'mine', and --managed-by 'stack'; allowed: one" in answer.err


def test_an_option_that_is_no_name_is_refused(cli: Cli) -> None:
    answer = cli("prove", "--config", cli.write(SAMPLE), "--managed-by", "a b")
    assert (answer.status, answer.out) == (1, "")
    assert "managed_by: 'a b'" in answer.err


@pytest.mark.parametrize("user", ["lambda_writer", "migrator"])
def test_who_is_connected_as_a_role_of_the_spec_is_told_so_and_nothing_else(cli: Cli, user: str) -> None:
    run(cli.database, "rdsadmin", f"ALTER ROLE {user} LOGIN")
    cli.env(PGUSER=user)
    for answer in (cli.sync("--dry-run"), cli.sync()):
        assert answer.status == 1
        assert f"this is connected as '{user}', a role of the spec; allowed: the master" in answer.err
        assert "ADMIN" not in answer.err
