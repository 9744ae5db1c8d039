"""`aws ssm start-session` with a port forward, from its start until nothing of it is left.

Session Manager's plugin picks a free port by itself and says which, once it listens. Nobody connects to it before psql
does, since through a bastion with an old agent it takes one connection at a time. It ends its session at AWS when
SIGINT tells it to (aws/session-manager-plugin, portsession).
"""

import contextlib
import json
import os
import re
import signal
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread
from typing import IO, Final

from db_access.wording import one_line
from keyless.cli.connection import tell
from keyless.cli.forward.error import ForwardError
from keyless.cli.forward.guard import guarded

DOCUMENT: Final = "AWS-StartPortForwardingSessionToRemoteHost"
START_SECONDS: Final = 60
_END_SECONDS: Final = 10
_OPENED: Final = re.compile(r"Port (\d+) opened for sessionId")
_SAID: Final = 20
"""Lines of what it said that an error has."""
_UNREACHED: Final = "Connection to destination port failed"
_WHY: Final = {
    "TargetNotConnected": "the instance is not online in Session Manager; allowed: to wait until its agent has "
    "connected, which takes a new one some minutes, or sessions=True in its network",
    "AccessDenied": "allowed: credentials with docs/policies/people.json",
    "SessionManagerPlugin is not found": "allowed: AWS's Session Manager plugin in PATH",
}


@contextmanager
def forwarded(aws: str, instance: str, host: str, port: int, region: str) -> Iterator[int]:
    """While it lasts, the port of 127.0.0.1 that is given leads through the instance to `host` and `port`.

    Raises:
        ForwardError: with what `aws` says, when it doesn't come to that.
    """
    asked = json.dumps({"host": [host], "portNumber": [str(port)]})
    how = ["--target", instance, "--document-name", DOCUMENT, "--parameters", asked]
    session = subprocess.Popen(
        [aws, "ssm", "start-session", "--region", region, *how],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C is psql's: it cancels a query
    )
    try:
        with guarded(session.pid):
            try:
                yield _opened(session)
            finally:
                _end(session)
    finally:
        if session.poll() is None:
            _end(session)


def _opened(session: "subprocess.Popen[str]") -> int:
    """The local port, once it listens."""
    lines: Queue[str | None] = Queue()
    Thread(target=_read, args=(session.stdout, lines), daemon=True).start()
    said: deque[str] = deque(maxlen=_SAID)
    while True:
        try:
            line = lines.get(timeout=START_SECONDS)
        except Empty:
            raise ForwardError(f"aws ssm start-session opened no port within {START_SECONDS} s{_told(said)}") from None
        if line is None:
            raise ForwardError(f"aws ssm start-session has ended{_told(said)}")
        if found := _OPENED.search(line):
            return int(found[1])
        said.append(line)


def _read(stream: IO[str], lines: "Queue[str | None]") -> None:
    """To the end, also when nobody asks any more: a full pipe would hold the forward up."""
    for line in stream:
        lines.put(line)
        if _UNREACHED in line:
            tell(
                "port forward: the bastion doesn't reach the endpoint; allowed: where the users log in that it is "
                "granted to (docs/workloads.md, People)"
            )
    lines.put(None)


def _told(said: "deque[str]") -> str:
    text = one_line(" ".join(line.strip() for line in said if line.strip()))
    why = next((f" ({sentence})" for word, sentence in _WHY.items() if word in text), "")
    return f"{why}: {text}" if text else why


def _end(session: "subprocess.Popen[str]") -> None:
    """The plugin, which is a child of `aws`, first by its own way."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(session.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            session.wait(_END_SECONDS)
