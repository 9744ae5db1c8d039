"""A cluster and a proxy endpoint in front of a real PostgreSQL, with roles whose tokens ministack's verifier and
evaluator judge."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from botocore.credentials import Credentials
from ministack.core.responses import request_scope
from ministack.services import iam, sts
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.emulator.iam.judge import judge
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.proxy.service import Proxy
from keyless.rehearsal.endpoints.proxy.settings import Credentials as Known
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, UnreadableError
from keyless.rehearsal.servers.certificates import Authority
from tests.conftest import Database

ACCOUNT, REGION = "123456789012", "eu-central-1"
USER, KEEPER, PASSWORD = "lambda_writer", "keeper", "a password"
LOGIN_SECONDS = 5.0


def grant(endpoint: Endpoint, user: str = USER) -> str:
    """The resource that lets a role connect to the endpoint as `user`."""
    return f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{endpoint.resource_id}/{user}"


@dataclass
class Role:
    """An IAM role in ministack, allowed to connect to `resources`, which may be changed at any time."""

    name: str
    resources: list[str]

    def __post_init__(self) -> None:
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/session"
        self.credentials = Credentials(
            f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_hex(100)
        )
        statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": self.resources}
        session = {
            "Arn": arn,
            "AccountId": ACCOUNT,
            "UserId": "AROA:session",
            "SessionToken": self.credentials.token,
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": self.credentials.secret_key,
            "Expiration": time.time() + 3600,
        }
        sts.register_session(self.credentials.access_key, session)
        with request_scope(ACCOUNT, REGION):
            iam._roles[self.name] = {"InlinePolicies": {"connect": {"Version": "2012-10-17", "Statement": statement}}}

    def token(
        self,
        endpoint: Endpoint,
        user: str = USER,
        *,
        host: str = "",
        region: str = REGION,
        age: timedelta = timedelta(),
    ) -> str:
        return tokens.sign(self.credentials, replace(endpoint, host=host or endpoint.host), user, region, age=age)


@dataclass
class World:
    database: Database
    folder: Path
    gate_settings: GateSettings = field(default_factory=lambda: GateSettings(force_ssl=True, iam_enabled=True))
    proxy_settings: ProxySettings = field(default_factory=lambda: ProxySettings(require_tls=True))
    secrets: dict[str, Known] = field(default_factory=dict)
    """What the proxy's role can read, by ARN."""
    judge: Judge = field(default_factory=lambda: partial(judge, region=REGION, account=ACCOUNT))

    def __post_init__(self) -> None:
        addresses = free_loopback_addresses(2)
        self.cluster = Endpoint("app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com", "cluster-ABC", addresses[0])
        self.proxy = Endpoint("app.proxy-a1b2c3.eu-central-1.rds.amazonaws.com", "prx-0abc", addresses[1])
        self.authority, self.events = Authority(self.folder, "rds"), Events()
        self.writer = Role("writer", [grant(self.cluster), grant(self.proxy)])
        self.proxy_role = Role("proxy", [grant(self.cluster)])

    def endpoints(self) -> Endpoints:
        current: Judge = lambda **login: self.judge(**login)  # noqa: E731 - tests replace the judge of a running world
        gate = Gate(
            self.cluster,
            self.database.server,
            certificate=self.authority.server(self.cluster.host),
            roots=self.authority.root,
            judge=current,
            settings=lambda: self.gate_settings,
            events=self.events,
            login_seconds=LOGIN_SECONDS,
        )
        proxy = Proxy(
            self.proxy,
            self.cluster,
            certificate=self.authority.server(self.proxy.host),
            cluster_roots=self.authority.root,
            judge=current,
            region=REGION,
            credentials=lambda: self.proxy_role.credentials,
            read_secret=self._read_secret,
            settings=lambda: self.proxy_settings,
            events=self.events,
            login_seconds=LOGIN_SECONDS,
        )
        return Endpoints(gate, proxy)

    def _read_secret(self, arn: str) -> Known:
        if arn not in self.secrets:
            raise UnreadableError(f"AccessDeniedException: {arn}")
        return self.secrets[arn]

    def conninfo(self, endpoint: Endpoint, password: str, user: str = USER, **more: str) -> dict[str, Any]:
        return {
            "host": endpoint.host,
            "hostaddr": endpoint.address,
            "port": endpoint.port,
            "user": user,
            "password": password,
            "dbname": self.database.name,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority.root),
            "connect_timeout": 10,
            **more,
        }

    def login(
        self, endpoint: Endpoint, password: str, user: str = USER, **more: str
    ) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(
            **self.conninfo(endpoint, password, user, **more), autocommit=True, prepare_threshold=None
        )

    def enter(self, endpoint: Endpoint, password: str | None = None, user: str = USER, **more: str) -> Any:
        """Log in, by default with a fresh token of the writer's; the session's user."""
        with self.login(
            endpoint, password if password is not None else self.writer.token(endpoint), user, **more
        ) as connection:
            row = connection.execute("SELECT session_user").fetchone()
        assert row is not None
        return row[0]

    def last_event(self, endpoint: Endpoint) -> Event:
        return [event for event in self.events.all() if event.endpoint == endpoint.host][-1]

    def sessions(self, user: str = USER) -> int:
        with self.database.superuser() as connection:
            row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [user]).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def running_world(database: Database, folder: Path) -> Iterator[World]:
    """A running world, with an IAM user and a password user."""
    with database.connect() as master:
        for user in (USER, KEEPER):
            master.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(user)))
        master.execute(SQL("GRANT rds_iam TO {}").format(Identifier(USER)))
        master.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(KEEPER), PASSWORD))
    world = World(database, folder)
    with world.endpoints():
        yield world


def wait_until(condition: Any, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
