"""What a rehearsal is asked for, and what it says of that before it does anything."""

import pytest

from keyless.rehearsal.__main__ import main


def said(capsys: pytest.CaptureFixture[str], status: int, *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    assert ended.value.code == status
    found = capsys.readouterr()
    return " ".join((found.out + found.err).split())


def test_one_environment_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, 2, "--environment", "all")
    assert "argument --environment: all is for make synth; allowed: the name of one environment, such as dev" in told


def test_the_help_says_what_is_not_rehearsed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "sqlserver, oracle and db2, and pattern D, which is theirs, aren't rehearsed" in said(capsys, 0, "--help")
