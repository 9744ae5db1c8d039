"""A web application that uses MySQL or MariaDB by SQLAlchemy: a sample to copy from, for a container or a server.

`/health` says how it is connected. None of that is a secret, and none of it is for strangers: pass on no such path.
`/alive` is for a load balancer: who replaces what doesn't answer mustn't do so while the database is away.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from ssl import SSLSocket
from typing import Any

from botocore.session import Session
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from waitress import serve

from keyless_client.drivers.sqlalchemy import attach
from keyless_client.mysql import Login

Start = Callable[[str, list[tuple[str, str]]], object]
CONNECTIONS = 2
"""Of each task or instance, as `connections=` of its grant says."""
_LOG = logging.getLogger(__name__)
_SESSION = text("SELECT CURRENT_USER(), DATABASE()")
_TLS = text("SHOW SESSION STATUS LIKE 'Ssl_version'")


def main() -> None:
    """Serve, to a load balancer and to nobody else. HOST and PORT say where, for whoever starts it."""
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())
    host = os.environ.get("HOST", "0.0.0.0")
    serve(application, host=host, port=int(os.environ.get("PORT", "8080")), threads=4, ident="")


def application(environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
    """A WSGI application (PEP 3333)."""
    status, answer = _answer(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    body = json.dumps(answer).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _answer(method: str, path: str) -> tuple[str, dict[str, Any]]:
    match method, path:
        case "GET", "/alive":
            return "200 OK", {"alive": True}
        case "GET", "/health":
            return _health()
        case _:
            return "404 Not Found", {"error": "no such page"}


def _health() -> tuple[str, dict[str, Any]]:
    try:
        return "200 OK", health()
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        _LOG.warning("not connected: %s", cause)
        return "503 Service Unavailable", {"error": str(cause), "type": type(cause).__name__}


def health() -> dict[str, Any]:
    """Whom the database takes this for, and how it got there.

    `encrypted` is about this application's own connection, `tls` is the version of the session that the database has:
    behind a proxy that is the proxy's.

    Raises:
        SQLAlchemyError: there is no connection; its `orig` has the client's words.
    """
    with engine().connect() as connection:
        account, database = connection.execute(_SESSION).one()
        (_, tls) = connection.execute(_TLS).one()
        raw: Any = connection.connection.dbapi_connection
        encrypted = isinstance(raw._sock, SSLSocket)
    user, host = account.removesuffix("@%"), Login.from_environment().host
    return {
        "user": user, "database": database, "host": host, "encrypted": encrypted, "tls": tls, "credentials": _source()
    }  # fmt: skip


@cache
def engine() -> Engine:
    """One for the process, with its pool. Raises ConnectError where the settings that a grant makes are missing."""
    return attach(
        create_engine("mysql+pymysql://", pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True, pool_recycle=3600)
    )


@cache
def _source() -> str:
    """Where the AWS credentials come from, in botocore's words: `container-role` on ECS, `iam-role` on EC2."""
    found = Session().get_credentials()
    return str(found.method) if found else "nowhere"


if __name__ == "__main__":
    main()
