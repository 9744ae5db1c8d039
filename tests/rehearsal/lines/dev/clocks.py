"""AWS with another clock: whatever it answers has its date moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen


@contextmanager
def another_clock(url: str, *, minutes: float) -> Iterator[str]:
    """The URL of the cloud at `url`, as one whose clock is ahead."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            request = Request(url + self.path, body, dict(self.headers.items()), method=self.command)
            try:
                answer = urlopen(request, timeout=30)
            except HTTPError as error:
                answer = error
            with answer:
                content = answer.read()
                self.send_response_only(answer.status)
                moved = parsedate_to_datetime(answer.headers["Date"]) + timedelta(minutes=minutes)
                self.send_header("Date", format_datetime(moved, usegmt=True))
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, format: str, *arguments: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
