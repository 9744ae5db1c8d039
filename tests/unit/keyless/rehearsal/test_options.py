"""What a rehearsal is asked for, and what it says of that before it does anything."""

import json
from pathlib import Path

import pytest

from keyless.rehearsal.__main__ import main
from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.environments import refuse_unknown


def said(capsys: pytest.CaptureFixture[str], status: int, *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    assert ended.value.code == status
    found = capsys.readouterr()
    return " ".join((found.out + found.err).split())


def test_one_environment_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, 2, "--environment", "all")
    assert "argument --environment: all is for make synth; allowed: the name of one environment, such as dev" in told


@pytest.mark.parametrize(
    ("option", "name", "allowed"),
    [
        ("--database", "sqlserver", "aurora, instance, aurora-mysql, mysql, mariadb"),
        ("--database", "db2", "aurora, instance, aurora-mysql, mysql, mariadb"),
        ("--pattern", "D", "A, B, C"),
    ],
)
def test_what_has_no_engine_here_is_said_with_what_it_has(
    option: str, name: str, allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, 2, option, name)
    assert f"argument {option}: {name} isn't rehearsed: nothing here makes its users. Its templates are made by" in told
    assert told.endswith(f"(docs/infrastructure.md, SQL Server, Oracle and Db2); allowed: {allowed}")


def test_an_unknown_database_is_said_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert "argument --database: 'orcale' is unknown; allowed: aurora, instance, " in said(
        capsys, 2, "--database=orcale"
    )


LISTS = """printf '[{"name":"dev"},{"name":"prod"}]' #"""


@pytest.mark.parametrize("command", ["false", "echo []", "echo {}", "echo"])
def test_an_app_that_lists_no_environments_leaves_it_to_the_synth(tmp_path: Path, command: str) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": f"{command} #"}))
    refuse_unknown(AppFolder(tmp_path), "dve")


def test_an_environment_that_is_not_there_is_told_before_anything_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": LISTS}))
    refuse_unknown(AppFolder(tmp_path), "prod")
    assert main(["--app", str(tmp_path), "--environment", "dve"]) == 2
    told = capsys.readouterr().err
    assert told == "the rehearsal could not be held: --environment: 'dve' is unknown; allowed: dev, prod\n"


def test_the_help_says_what_is_not_rehearsed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "sqlserver, oracle and db2, and pattern D, which is theirs, aren't rehearsed" in said(capsys, 0, "--help")
