"""Runs a command in a bounded time and leaves no child process behind."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str], None]


class CommandError(Exception):
    """A command failed or took too long; the message says which and why."""

    def __init__(self, message: str, output: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.output = tuple(output)


class Command:
    """A command that runs, whose lines are read as they come."""

    def __init__(
        self, process: subprocess.Popen[str], words: Sequence[str], lines: "Future[list[str]]", timeout: float
    ) -> None:
        self._process, self._words, self._lines, self._timeout = process, words, lines, timeout
        self._late = threading.Event()

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> tuple[str, ...]:
        """Its lines, when it has ended. Raises CommandError as `run` does."""
        lines, status = tuple(self._lines.result()), self._process.wait()
        if self._late.is_set():
            raise CommandError(f"{_name(self._words)} did not end within {self._timeout:.0f} seconds", lines)
        if status:
            raise CommandError(f"{_name(self._words)} ended with status {status}: {_last(lines)}", lines)
        return lines

    def end_late(self) -> None:
        self._late.set()
        self.end()

    def end(self) -> None:
        """The whole group, since node starts children of its own; a Ctrl-C does not reach them in their own session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def run(
    words: Sequence[str], *, environment: Mapping[str, str], folder: Path, timeout: float, progress: Progress
) -> tuple[str, ...]:
    """The command's output lines, stderr among them, each passed to `progress` as it comes.

    Raises:
        CommandError: it exits with another status than 0, or takes longer than `timeout` seconds.
    """
    with started(words, environment=environment, folder=folder, timeout=timeout, progress=progress) as command:
        return command.wait()


@contextmanager
def started(
    words: Sequence[str], *, environment: Mapping[str, str], folder: Path, timeout: float, progress: Progress
) -> Iterator[Command]:
    """Like `run`, beside what the `with` block does; the command ends with it. `progress` is called in a thread."""
    with (
        ThreadPoolExecutor(1) as reader,
        subprocess.Popen(
            words,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        command = Command(process, words, reader.submit(_lines, process, progress), timeout)
        timer = threading.Timer(timeout, command.end_late)
        timer.start()
        try:
            yield command
        finally:
            timer.cancel()
            command.end()


def _lines(process: subprocess.Popen[str], progress: Progress) -> list[str]:
    assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
    lines = []
    for raw in process.stdout:
        line = raw.rstrip()
        lines.append(line)
        if line:
            progress(line)
    return lines


def _name(words: Sequence[str]) -> str:
    return " ".join([Path(words[0]).name, *words[1:2]])


def _last(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "it printed nothing")
