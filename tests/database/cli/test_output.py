"""A stdout that takes no more, full or gone, keeps a command from nothing that it was told to do, and stderr says what
is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.database.engine import allowed, run
from tests.database.temporary.world import SELECT, SPEC, deployed

ALL = "SELECT count(*) FROM pg_roles WHERE rolname = 'ana'"


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(deployed(database), monkeypatch, capsys, tmp_path)


def to(where: str, cli: Cli, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """With stdout at a disk that is full, or at a reader that has gone."""
    if where == "full":
        out = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, out = os.pipe()
        os.close(reader)
    try:
        command = [sys.executable, "-m", "keyless", *map(str, arguments)]
        return subprocess.run(
            command, env=cli.environment, stdout=out, stderr=subprocess.PIPE, text=True, check=False, timeout=120
        )
    finally:
        os.close(out)


@pytest.mark.parametrize("where", ["full", "gone"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_edit_is_made_and_synced(cli: Cli, where: str, form: list[str]) -> None:
    file = cli.write(SPEC)
    ended = to(where, cli, "create-user", "ana", "--databases", "app", "--config", file, "--sync", "--yes", *form)
    assert ended.returncode == 1 and "ana" in file.read_text() and run(cli.database, "rdsadmin", ALL) == [(1,)]
    said = ended.stderr.splitlines()[-1]
    assert said.startswith("keyless: what it did can't be written") and f"done all the same: {file} is changed" in said
    assert "; database app has 3 changes" in said


@pytest.mark.parametrize("where", ["full", "gone"])
def test_a_membership_is_given_and_said(cli: Cli, where: str) -> None:
    arguments: list[str | Path] = ["alice", "--as", "reader", "--config", cli.write(SPEC)]
    given = to(where, cli, "grant", *arguments, "--for", "1h")
    assert given.returncode == 1 and "done all the same: alice is in reader until" in given.stderr
    assert allowed(cli.database, "alice", SELECT)
    ended = to(where, cli, "grant", *arguments, "--end")
    assert ended.returncode == 1 and "done all the same: alice is in reader no more" in ended.stderr


@pytest.mark.parametrize("where", ["full", "gone"])
def test_a_step_of_a_migration_is_made_and_said(cli: Cli, where: str) -> None:
    file = cli.write(SPEC)
    cli("create-user", "old", "--databases", "app", "--auth-method", "password", "--config", file, "--sync")
    ended = to(where, cli, "migrate", "start", "old", "--config", file)
    assert ended.returncode == 1 and "old_iam" in file.read_text()
    assert f"done all the same: {file} is changed" in ended.stderr


@pytest.mark.parametrize(("where", "said"), [("full", "what it found can't be written"), ("gone", "")])
def test_what_changes_nothing_has_nothing_to_say(cli: Cli, where: str, said: str) -> None:
    ended = to(where, cli, "grants", "--config", cli.write(SPEC))
    assert ended.returncode == 1 and said in ended.stderr and "done all the same" not in ended.stderr
