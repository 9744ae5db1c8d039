"""Somebody who has read `keyless --help` alone gets to a first proof, and is told the way out of each mistake before it."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(database, monkeypatch, capsys, tmp_path)


def test_adopt_prove_and_a_dry_run_need_a_database_and_nothing_else(cli: Cli) -> None:
    missing = cli("check")
    assert (missing.status, "such as `keyless adopt` writes" in missing.err) == (1, True)
    assert cli("adopt", "--database", cli.database.name).status == 0
    assert cli("check").status == 0
    proven = cli("prove")
    assert (proven.status, ": as the spec says" in proven.out) == (0, True), proven
    planned = cli("sync", "--dry-run")
    assert (planned.status, ": nothing to do" in planned.out) == (0, True), planned


def test_without_a_host_it_says_what_names_one(cli: Cli) -> None:
    cli.variables.pop("PGHOST")
    answer = cli("adopt", "--database", cli.database.name)
    assert answer.status == 1 and "allowed: PGHOST, PGPORT, PGUSER and PGPASSWORD, or --env NAME" in answer.err
    assert not Path("config").exists()


def test_a_server_of_this_machine_without_tls_is_told_how(cli: Cli) -> None:
    cli.env(PGHOST="127.0.0.1")
    answer = cli("adopt", "--database", cli.database.name)
    assert (
        answer.status == 1 and "PGSSLMODE how much less is enough, such as `disable` for a server on this" in answer.err
    )
