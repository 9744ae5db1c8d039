"""What `keyless` says of itself: help in groups, colours at a terminal only, completions; none of it loads an engine."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from keyless.cli.app import command

ROOT = Path(__file__).parents[4]
PASSED_ON = {"rehearse", "verify"}
"""Commands with a command line of their own."""
COMMANDS = sorted(
    [name, *more]
    for name, one in command().commands.items()
    if name not in PASSED_ON
    for more in ([[inner] for inner in one.commands] if isinstance(one, TyperGroup) else [[]])
)
HEAVY = {"psycopg", "boto3", "botocore", "aws_cdk", "jsii", "keyless_client", "keyless_probe", "ministack", "yaml"}
_LOADED = """
import sys; from keyless.cli import main
try: main(sys.argv[1:])
finally: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)
"""
GROUPS = sorted([name] for name, one in command().commands.items() if isinstance(one, TyperGroup))
_COLOURFUL = {"FORCE_COLOR": "1", "GITHUB_ACTIONS": "true", "TERM": "xterm-256color"}


def environment(**more: str) -> dict[str, str]:
    paths = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
    return {"PYTHONPATH": paths, "PATH": os.environ["PATH"], "COLUMNS": "80", **more}


def keyless(*arguments: str, program: str = _LOADED, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )


def at_terminal(*arguments: str, **more: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    said = b""
    with subprocess.Popen(
        [sys.executable, "-m", "keyless", *arguments], env=environment(**more), stdout=theirs, stdin=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # Linux says so when the other end is closed
            pass
        assert process.wait() == 0
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize("arguments", [[], *COMMANDS], ids=" ".join)
def test_help_answers_without_an_escape_and_without_an_engine(arguments: list[str]) -> None:
    done = keyless(*arguments, "--help", **_COLOURFUL)
    assert (done.returncode, "\x1b" in done.stdout) == (0, False), done.stderr
    loaded = set(done.stderr.split())
    assert "typer" in loaded and not loaded & HEAVY
    assert "Exit status:" in done.stdout or not arguments
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("arguments", [[], *GROUPS, *COMMANDS], ids=" ".join)
def test_what_is_indented_below_a_help_is_shown_as_it_is_written(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Examples to copy and exit statuses: nothing wrapped at 80 columns, no indentation lost."""
    monkeypatch.setenv("COLUMNS", "80")
    one: Any = command()
    for name in arguments:
        one = one.commands[name]
    written = {line for line in (one.epilog or "").splitlines() if line.startswith(" ")}
    assert command().main([*arguments, "--help"], prog_name="keyless", standalone_mode=False) == 0
    assert written <= {line.rstrip()[1:] for line in capsys.readouterr().out.splitlines()}


def test_every_command_stands_in_a_group_of_the_help() -> None:
    """A command that was added without one would stand under "Commands"."""
    shown = keyless("--help").stdout
    assert "─ Commands" not in shown
    for name in command().commands:
        assert re.search(rf"^│ {name} +[A-Z]", shown, re.MULTILINE), name


def test_colours_are_for_a_terminal_that_has_not_turned_them_down() -> None:
    assert "\x1b[" in at_terminal("--help", TERM="xterm-256color")
    assert "\x1b" not in at_terminal("--help", TERM="xterm-256color", NO_COLOR="1")
    assert "\x1b" not in at_terminal("--help", TERM="dumb")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_full_disk_is_a_sentence(option: str) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "keyless", option]
        done = subprocess.run(command, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "keyless: what it found can't be written: No space left on device\n")


def test_the_version_is_the_wheels(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert command().main(["--version"], prog_name="keyless", standalone_mode=False) == 0
    assert capsys.readouterr().out == f"keyless {version('keyless-aurora')}\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("keyless sy", {"sync"}), ("keyless prove --da", {"--database"}), ("keyless sync --format m", {"markdown"})],
)
def test_a_shell_completes_commands_options_and_choices(typed: str, offered: set[str]) -> None:
    words = {"_KEYLESS_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    done = keyless(**words)
    assert set(done.stdout.split()) == offered, done.stderr
    assert not set(done.stderr.split()) & HEAVY


def test_options_of_other_commands_are_passed_on_as_they_are() -> None:
    """Among them --help, which is theirs."""
    for name in PASSED_ON:
        done = keyless(name, "--help")
        assert done.returncode == 0 and "usage: " in done.stdout and "--environment" in done.stdout, done.stderr
