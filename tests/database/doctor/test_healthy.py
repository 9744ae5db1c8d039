"""Where a login works, `keyless doctor` names nothing."""

from pathlib import Path

import pytest

from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import run


@pytest.mark.parametrize("user", [MASTER, "alice", "plain"])
def test_by_a_socket_whoever_logs_in_is_well_in_rds_iam_or_not(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, user: str
) -> None:
    run(database, "rdsadmin", "CREATE ROLE alice LOGIN IN ROLE rds_iam", "CREATE ROLE plain LOGIN")
    run(database, "rdsadmin", "GRANT CONNECT ON DATABASE app TO alice, plain")
    cli = Cli(database, monkeypatch, capsys, tmp_path)
    cli.env(PGUSER=user, PGDATABASE="app")
    monkeypatch.chdir(tmp_path)
    answer = cli("doctor")
    assert "Nothing wrong was seen" in answer.out and "!!" not in answer.out, answer.out


def test_a_name_that_cannot_be_resolved_is_no_matter_of_a_function(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cli = Cli(database, monkeypatch, capsys, tmp_path)
    monkeypatch.chdir(tmp_path)
    cli.env(PGHOST="nowhere.invalid", PGUSER="ana", PGPASSWORD="x", PGSSLMODE="require")
    answer = cli("doctor", "--database", "app")
    assert (answer.status, "it can't be resolved here" in answer.out) == (2, True), answer.out
    assert "check the name, PGHOST, and the resolver of this machine" in answer.out and "function" not in answer.out
