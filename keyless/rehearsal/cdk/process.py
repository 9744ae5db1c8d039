"""Runs a command in a bounded time and leaves no child process behind."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Progress = Callable[[str], None]


class CommandError(Exception):
    """A command failed or took too long; the message says which and why."""

    def __init__(self, message: str, output: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.output = tuple(output)


def run(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, timeout: float, progress: Progress
) -> tuple[str, ...]:
    """The command's output lines, stderr among them, each passed to `progress` as it comes.

    Raises:
        CommandError: it exits with another status than 0, or takes longer than `timeout` seconds.
    """
    late = threading.Event()
    with subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        timer = threading.Timer(timeout, _end_late, (process, late))
        timer.start()
        try:
            lines = tuple(_lines(process, progress))
            status = process.wait()
        finally:
            timer.cancel()
            _end(process)
    if late.is_set():
        raise CommandError(f"{_name(command)} did not end within {timeout:.0f} seconds", lines)
    if status:
        raise CommandError(f"{_name(command)} ended with status {status}: {_last(lines)}", lines)
    return lines


def _lines(process: subprocess.Popen[str], progress: Progress) -> list[str]:
    assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
    lines = []
    for raw in process.stdout:
        line = raw.rstrip()
        lines.append(line)
        if line:
            progress(line)
    return lines


def _end_late(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """The whole group, since node starts children of its own; a Ctrl-C does not reach them in their own session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _name(command: Sequence[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:2]])


def _last(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "it printed nothing")
