"""A real PostgreSQL that looks to the client like an RDS Proxy: its name, its certificate, and one valid token.

A user's token at a fixed second is its password, so the server itself verifies which token the client sent. A test
module uses the fixtures by `proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint`.
"""

import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

import boto3
import botocore.auth
import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from keyless.rehearsal.servers.certificates import Authority, Certificate
from keyless.rehearsal.servers.postgres import Postgres
from keyless_client import threads, token

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

HOST = "app.proxy-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"
REGION = "us-east-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE123456789",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "a session of Lambda's",
}


@dataclass(frozen=True)
class Proxy:
    """The server, for the tests of one module."""

    server: Postgres
    authority: Authority
    superuser: Connection

    def present(self, certificate: Certificate) -> None:
        """Make the server present a certificate, and wait until it does."""
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("PGHOSTADDR", raising=False)  # it would divert the server's own connections
            before = self._loaded()
            self.server.use_certificate(certificate)
            deadline = time.monotonic() + 5
            while self._loaded() == before:
                assert time.monotonic() < deadline, "the server did not reload"
                time.sleep(0.005)

    def _loaded(self) -> object:
        with self.server.connect() as connection:
            return connection.execute("SELECT pg_conf_load_time()").fetchone()


@dataclass
class Endpoint:
    """The proxy in one test: the time that tokens carry, and the users that log in with them."""

    proxy: Proxy
    now: datetime

    @property
    def port(self) -> int:
        return self.proxy.server.port

    def tick(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def create(self, user: str) -> None:
        self.proxy.superuser.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(user)))
        self.accept(user)

    def accept(self, user: str) -> None:
        """Let `user` log in only with the token of this second, as boto3 makes it."""
        self._set_password(user, _signer().generate_db_auth_token(HOST, self.port, user))

    def accept_no_token(self, user: str) -> None:
        self._set_password(user, "another")

    def sessions(self, user: str) -> list[int]:
        return [
            pid
            for (pid,) in self.proxy.superuser.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [user])
        ]

    def end(self, pid: int) -> None:
        """End a session and wait until it has ended."""
        self.proxy.superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def _set_password(self, user: str, password: str) -> None:
        self.proxy.superuser.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(user), Literal(password)))


@pytest.fixture(scope="module")
def proxy(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    authority = Authority(tmp_path_factory.mktemp("authority"), "aws")
    with postgres.connect() as superuser:
        proxy = Proxy(postgres, authority, superuser)
        try:
            proxy.present(authority.server(HOST))
            yield proxy
        finally:
            proxy.present(postgres.gate_authority.server("localhost"))


@pytest.fixture
def endpoint(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    endpoint = Endpoint(proxy, datetime(2026, 1, 1))
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda remove_tzinfo=True: endpoint.now)
    monkeypatch.setattr(token, "time", lambda: endpoint.now.replace(tzinfo=UTC).timestamp())
    for name, value in _environment(proxy).items():
        monkeypatch.setenv(name, value)
    roles = _roles(proxy)
    try:
        yield endpoint
    finally:
        end_invocations()
        _end_sessions(proxy, _roles(proxy) - roles)
        for role in _roles(proxy) - roles:
            proxy.superuser.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def end_invocations() -> None:
    """Close the connection that connect() keeps for the next invocation, as the end of a Lambda's process does."""
    for kept in threads._thread.kept.values():
        kept.session.close()
    threads._thread.kept.clear()


def in_frames(error: BaseException | None) -> str:
    """What a tool that reports errors with their frames' variables would show."""
    if error is None:
        return ""
    own = "".join(repr(frame.f_locals) for frame, _ in traceback.walk_tb(error.__traceback__) if _of_the_client(frame))
    return own + in_frames(error.__cause__) + in_frames(error.__context__)


def _of_the_client(frame: FrameType) -> bool:
    return "/tests/" not in frame.f_code.co_filename


@cache
def _signer() -> "RDSClient":
    access_key, secret, session_token = CREDENTIALS.values()
    return boto3.Session(access_key, secret, session_token).client("rds", region_name=REGION)


def _end_sessions(proxy: Proxy, roles: set[str]) -> None:
    """End the roles' sessions and wait for it, since their temporary tables belong to the roles until then."""
    proxy.superuser.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = ANY (%s)", [list(roles)]
    )


def _roles(proxy: Proxy) -> set[str]:
    return {name for (name,) in proxy.superuser.execute("SELECT rolname FROM pg_roles")}


def _environment(proxy: Proxy) -> dict[str, str]:
    return CREDENTIALS | {
        "PGHOST": HOST,
        "PGHOSTADDR": proxy.server.address,
        "PGPORT": str(proxy.server.port),
        "PGUSER": "lambda_writer",
        "PGDATABASE": "postgres",
        "PGSSLROOTCERT": str(proxy.authority.root),
        "AWS_REGION": REGION,
        "DB_LOGIN_SECONDS": "0",
    }
