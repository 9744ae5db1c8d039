"""The `keyless` command at a terminal of its own, as a person has it before them."""

import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

QUESTION = "Take this away? [y/N] "
CTRL_C, CTRL_D = "\x03", "\x04"
_SECONDS = 60


@dataclass
class Session:
    """A command whose stdin and stderr are a terminal; its stdout is a pipe."""

    process: "subprocess.Popen[str]"
    terminal: int
    seen: str = ""

    def asked(self) -> str:
        """What stands on the terminal once the question does."""
        self._read(lambda: self.seen.endswith(QUESTION))
        assert self.seen.endswith(QUESTION), self.seen
        return self.seen

    def types(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def ends(self) -> tuple[int, str]:
        """Its exit status and stdout; whatever it still says stands in `seen`."""
        self._read(lambda: False)
        out, _ = self.process.communicate(timeout=_SECONDS)
        return self.process.returncode, out

    def _read(self, enough: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not enough() and time.monotonic() < deadline:
            if not select.select([self.terminal], [], [], 0.2)[0]:
                continue
            try:
                read = os.read(self.terminal, 65536)
            except OSError:  # Linux says so when the other end is closed
                return
            self.seen += read.decode().replace("\r\n", "\n")


@contextmanager
def at_terminal(environment: Mapping[str, str], *arguments: str | Path, piped: str = "") -> Iterator[Session]:
    """`piped`: the stream, stdin or stderr, that is no terminal."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "keyless", *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL if piped == "stdin" else theirs,
        stderr=subprocess.DEVNULL if piped == "stderr" else theirs,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: _take(theirs),
    )
    os.close(theirs)
    try:
        yield Session(process, ours)
    finally:
        process.kill()
        process.communicate()
        os.close(ours)


def _take(terminal: int) -> None:
    """In the command's process, or Ctrl-C would reach nobody; a parent that ignores it passes that on."""
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
