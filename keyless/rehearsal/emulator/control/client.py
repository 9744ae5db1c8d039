"""The rehearsal's end of the control channel: sends one request at a time and waits for its answer."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

_ANSWER_SECONDS = 30.0


class CloudError(Exception):
    """The emulator does not start, has ended, or refuses a request."""


class Channel:
    """The socket to a running emulator.

    Parameters:
        connection: connected; closed by `close`.
        log_tail: the end of the emulator's log, for error messages.
    """

    def __init__(self, connection: socket.socket, log_tail: Callable[[], str]) -> None:
        connection.settimeout(_ANSWER_SECONDS)
        self._connection, self._log_tail = connection, log_tail
        self._lines = connection.makefile("rw", encoding="utf-8")
        self._lock = threading.Lock()

    def request(self, operation: str, **arguments: Any) -> Any:
        """The answer to the request. Raises CloudError with the emulator's reason when it refuses."""
        with self._lock:
            try:
                self._lines.write(json.dumps({"operation": operation, **arguments}) + "\n")
                self._lines.flush()
                line = self._lines.readline()
            except (OSError, ValueError) as error:
                raise CloudError(f"the rehearsal's cloud does not answer ({error}). {self._log_tail()}") from error
        if not line:
            raise CloudError(f"the rehearsal's cloud has ended. {self._log_tail()}")
        reply = json.loads(line)
        if "error" in reply:
            raise CloudError(reply["error"])
        return reply["answer"]

    def close(self) -> None:
        self._lines.close()
        self._connection.close()
