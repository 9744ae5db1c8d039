"""A command ends in bounded time, and whatever it started ends with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.rehearsal.cdk.process import CommandError, run, started
from tests.rehearsal.waiting import runs, wait_until

ROOT = Path(__file__).resolve().parents[3]
SPAWN = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); time.sleep(60)"


def execute(code: str, folder: Path, lines_seen: list[str], timeout: float = 20.0) -> tuple[str, ...]:
    return run(
        [sys.executable, "-c", code], environment=os.environ, folder=folder, timeout=timeout, progress=lines_seen.append
    )


def test_lines_are_passed_on_as_they_come_and_returned(tmp_path: Path) -> None:
    lines_seen: list[str] = []
    lines = execute("import os; os.write(1, b'one\\n\\n'); os.write(2, b'two\\n')", tmp_path, lines_seen)
    assert (lines, lines_seen) == (("one", "", "two"), ["one", "two"])


def test_a_failure_names_the_status_and_the_last_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ended with status 3: no such stack") as refused:
        execute("import sys; print('no such stack'); sys.exit(3)", tmp_path, [])
    assert refused.value.output == ("no such stack",)


def test_a_command_that_takes_too_long_ends_with_its_children(tmp_path: Path) -> None:
    lines_seen: list[str] = []
    with pytest.raises(CommandError, match="did not end within 1 seconds"):
        execute(SPAWN, tmp_path, lines_seen, timeout=1.0)
    wait_until(lambda: not runs(int(lines_seen[0])))


def test_a_command_runs_beside_its_block_and_ends_with_it(tmp_path: Path) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    code = f"import time; open({str(begun)!r}, 'w'); time.sleep(10); open({str(ended)!r}, 'w')"
    command = [sys.executable, "-c", code]
    with started(command, environment=os.environ, folder=tmp_path, timeout=60, progress=print):
        wait_until(begun.exists)
    assert not ended.exists()


def test_a_command_that_says_much_goes_on_before_it_is_waited_for(tmp_path: Path) -> None:
    """More than a pipe holds."""
    ended = tmp_path / "ended"
    code = f"print('a line of an event\\n' * 20_000); open({str(ended)!r}, 'w')"
    command = [sys.executable, "-c", code]
    with started(command, environment=os.environ, folder=tmp_path, timeout=60, progress=lambda line: None) as running:
        wait_until(ended.exists)
        assert len(running.wait()) == 20_001
        assert not running.runs


def test_an_interrupt_ends_the_command_with_its_children(tmp_path: Path) -> None:
    outer = (
        "import os, sys; from pathlib import Path; from keyless.rehearsal.cdk.process import run\n"
        f"run([sys.executable, '-c', {SPAWN!r}], environment=os.environ, folder=Path('/'), timeout=60, progress=lambda "
        "l: print(l, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", outer], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) != 0
    wait_until(lambda: not runs(pid))
