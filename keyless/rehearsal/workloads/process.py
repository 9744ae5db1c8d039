"""A workload's process: started, asked over HTTP, ended with all that it has started."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.workloads.command import StartError

_START_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 90.0
"""A login is tried for a minute."""
_PAUSE: Final = 0.02
_TAIL: Final = 6
"""Lines."""


class Process:
    """`wait` for it to listen, `close` to end it."""

    def __init__(
        self, command: Sequence[str], folder: Path, variables: Mapping[str, str], user: ServerUser, log: IO[bytes]
    ) -> None:
        self._port, self._log = _free_port(), log
        told = {**variables, "HOST": "127.0.0.1", "PORT": str(self._port)}
        self._process = user.spawn(command, cwd=folder, log=log, environment=told)
        self.group = self._process.pid
        """Of all its processes."""

    def wait(self) -> None:
        """Until it listens. Raises StartError unless it does within a minute."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._listens():
            if self._process.poll() is not None:
                raise StartError(f"it ended with status {self._process.returncode}. {self._said()}")
            if time.monotonic() > deadline:
                raise StartError(f"it didn't listen at PORT of HOST within {_START_SECONDS:.0f} s. {self._said()}")
            time.sleep(_PAUSE)

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """The JSON that it answers to `{"path": …, "method": "GET", "body": …}`; another text as text.

        Raises:
            FunctionError: the answer is an error; its type and words are the answer's `type` and `error`.
        """
        method, path = str(event.get("method", "GET")), str(event["path"])
        body = json.dumps(event["body"]) if "body" in event else None
        status, text = self._ask(method, path, body)
        answer = _parsed(text)
        if status < 400:
            return answer
        told = answer if isinstance(answer, dict) else {}
        words = str(told.get("error", text or f"HTTP {status}"))
        raise FunctionError(f"HTTP {status}: {words}", str(told.get("type", f"HTTP {status}")), words=words)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self._process.wait()

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_SECONDS)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise FunctionError(f"no answer: {error!r}. {self._said()}") from error
        finally:
            connection.close()

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
            return True
        return False

    def _said(self) -> str:
        size = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), size, 0).decode(errors="replace")
        return "It said: " + (" / ".join(text.splitlines()[-_TAIL:]) or "nothing")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
