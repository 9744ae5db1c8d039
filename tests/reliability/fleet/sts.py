"""STS's side of AssumeRole over real HTTP: gives the credentials of the roles that it knows, and writes down who asked."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

from botocore.credentials import Credentials

_GIVEN = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>{expires}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
_DENIED = """<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform:
sts:AssumeRole</Message></Error></ErrorResponse>"""


class Sts(ThreadingHTTPServer):
    def __init__(self, roles: Mapping[str, Credentials]) -> None:
        self.asked: list[tuple[str, str | None]] = []
        """The role and the external id of each request."""

        class Answer(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                said = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
                role = said["RoleArn"][0]
                self.asked.append((role, *said.get("ExternalId", [None])))
                text = _given(roles[role]) if role in roles else _DENIED
                handler.send_response(200 if role in roles else 403)
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text.encode())

            def log_message(handler, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=[0.01])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


def _given(credentials: Credentials) -> str:
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _GIVEN.format(
        id=credentials.access_key, secret=credentials.secret_key, token=credentials.token, expires=expires
    )
