"""Secrets Manager's side of GetSecretValue over real HTTP, for tests of the client: it answers as the test
sets it and records the requests.

Checks no permissions; the rehearsal's tests show that a role's policy decides.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app/lambda_writer-AbCdEf"


@dataclass
class Secrets:
    """The next answer, and the requests so far."""

    text: str = ""
    error: tuple[str, str] | None = None
    """Code and message, to refuse requests."""
    refusals: int = 0
    """How many requests are refused with `error`; 0: all."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def hold(self, password: str, username: str = "lambda_writer") -> None:
        self.text, self.error = json.dumps({"username": username, "password": password}), None

    def refuse_first(self, requests: int, code: str) -> None:
        self.error, self.refusals = (code, "Rate exceeded"), requests

    def refused(self) -> tuple[str, str] | None:
        """Why the latest request is refused, if it is."""
        return None if self.refusals and len(self.asked) > self.refusals else self.error


@contextmanager
def serving() -> Iterator[Secrets]:
    secrets = Secrets()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            secrets.asked.append({"target": self.headers["X-Amz-Target"], **question})
            status, answer = 200, {"ARN": ARN, "VersionId": "v", "SecretString": secrets.text}
            if refused := secrets.refused():
                status, answer = 400, {"__type": refused[0], "message": refused[1]}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)  # how soon it sees `shutdown`
    thread.start()
    secrets.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield secrets
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
