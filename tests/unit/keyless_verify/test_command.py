"""What the command refuses before it looks at any account."""

import os
from pathlib import Path

import pytest

from keyless.verify import command
from keyless.verify.command import LEFT, NOTHING, main
from keyless.verify.plan import Place
from keyless.verify.removal import LeftError
from keyless.verify.toolkit import ToolkitError
from tests.app.app import HERE


def test_nothing_is_changed_in_a_protected_environment(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--app", str(HERE), "--environment", "prod", "--with-changes"]) == NOTHING
    said = capsys.readouterr().err
    assert "prod is protected, so nothing is changed there" in said
    assert "allowed: without --with-changes, or an environment that isn't protected" in said


def test_a_change_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--with-changes", "everything"])
    assert "everything" in capsys.readouterr().err


def test_a_way_to_the_database_is_chosen_for_a_rehearsal_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--pattern", "B"])
    assert "--database, --pattern and --users are for --rehearsed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "--compare a b --json c.json --yes",
            "without effect with --compare: --json, --yes; allowed: --compare without",
        ),
        ("--compare a b --environment prod", "without effect with --compare: --environment"),
        ("--remove --with-changes", "without effect with --remove: --with-changes"),
        ("--remove --rehearsed", "without effect with --remove: --rehearsed"),
        ("--rehearsed --yes", "without effect with --rehearsed: --yes"),
        ("--rehearsed --config other.yaml", "without effect with --rehearsed: --config"),
    ],
)
def test_an_option_without_effect_is_refused(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(line.split())
    assert said in capsys.readouterr().err


def test_without_credentials_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    where = Place("dev", "KeylessAurora-dev", "eu-west-1", "", "q", protected=False)
    monkeypatch.setattr(command, "place", lambda *_: where)
    assert main(["--app", str(HERE), "--environment", "dev"]) == NOTHING
    first, *remedies = capsys.readouterr().err.splitlines()
    assert first.startswith("keyless verify: there are no AWS credentials: ") and first.endswith("; allowed:")
    assert remedies[0].startswith("    export AWS_PROFILE=NAME"), remedies


def test_an_error_that_came_on_top_is_told_after_the_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> int:
        error = ToolkitError("no address is free")
        error.add_note("the stack may still be there")
        raise error

    monkeypatch.setattr(command, "_run", fails)
    assert main([]) == NOTHING
    assert capsys.readouterr().err == (
        "keyless verify: no address is free\nkeyless verify: the stack may still be there\n"
    )


def test_probes_that_are_left_have_a_status_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leaves(_: object) -> int:
        raise LeftError("the stack may still be there")

    monkeypatch.setattr(command, "_run", leaves)
    assert main([]) == LEFT
    assert "the stack may still be there" in capsys.readouterr().err
