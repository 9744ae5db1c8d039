"""A database endpoint and a proxy endpoint in front of a real server of the MySQL family."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pymysql.connections import Connection

from keyless.rehearsal.emulator.iam.judge import judge
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.mysql.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.mysql.proxy.service import Proxy
from keyless.rehearsal.endpoints.proxy.settings import Credentials as Known
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, UnreadableError
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.mysql.connecting import over
from tests.mysql.servers import Instance, rows
from tests.rehearsal.endpoints.roles import ACCOUNT, REGION, USER, Role, grant

KEEPER, KEEPERS_PASSWORD = "keeper", "a password"
LOCKED = "locked_out"
LOGIN_SECONDS = 5.0
PORT = 3306


@dataclass
class World:
    instance: Instance
    folder: Path
    gate_settings: GateSettings = field(
        default_factory=lambda: GateSettings(require_secure_transport=True, iam_enabled=True)
    )
    proxy_settings: ProxySettings = field(default_factory=lambda: ProxySettings(require_tls=True))
    secrets: dict[str, Known] = field(default_factory=dict)
    """What the proxy's role can read, by ARN."""
    judge: Judge = field(default_factory=lambda: partial(judge, region=REGION, account=ACCOUNT))

    def __post_init__(self) -> None:
        addresses = free_loopback_addresses(2, PORT)
        self.cluster = Endpoint("app.a1b2c3.eu-central-1.rds.amazonaws.com", "db-ABC", addresses[0], PORT)
        self.proxy = Endpoint("app.proxy-a1b2c3.eu-central-1.rds.amazonaws.com", "prx-0abc", addresses[1], PORT)
        self.authority, self.events = Authority(self.folder, "rds"), Events()
        self.writer = Role("writer", [grant(self.cluster), grant(self.proxy)])
        self.proxy_role = Role("proxy", [grant(self.cluster)])

    def endpoints(self) -> Endpoints:
        current: Judge = lambda **login: self.judge(**login)  # noqa: E731 - tests replace the judge of a running world
        gate = Gate(
            self.cluster,
            self.instance.server,
            certificate=self.authority.server(self.cluster.host),
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

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.root))

    def login(self, endpoint: Endpoint, password: str, user: str = USER, **more: Any) -> Connection:
        sock = socket.create_connection((endpoint.address, endpoint.port))
        options = {"host": endpoint.host, "ssl": self.tls(), "user": user, "password": password, **more}
        return over(sock, **options)

    def enter(self, endpoint: Endpoint, password: str | None = None, user: str = USER, **more: Any) -> str:
        """Log in, by default with a fresh token of the writer's; the account that the session has."""
        token = self.writer.token(endpoint) if password is None else password
        with self.login(endpoint, token, user, **more) as connection:
            ((account,),) = rows(connection, "SELECT CURRENT_USER()")
        return str(account).removesuffix("@%")

    def last_event(self, endpoint: Endpoint) -> Event:
        return [event for event in self.events.all() if event.endpoint == endpoint.host][-1]

    def sessions(self, user: str = USER) -> int:
        with self.instance.superuser() as owner:
            ((count,),) = rows(owner, "SELECT COUNT(*) FROM information_schema.processlist WHERE user = %s", user)
        return int(count)


@contextmanager
def running_world(instance: Instance, folder: Path) -> Iterator[World]:
    """A running world, with two accounts of IAM's, one of them locked, and one with a password."""
    with instance.connect() as master:
        for user, lock in ((USER, "UNLOCK"), (LOCKED, "LOCK")):
            how = f"IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL ACCOUNT {lock}"
            rows(master, f"CREATE USER %s@'%%' {how}", user)
        rows(master, "CREATE USER %s@'%%' IDENTIFIED BY %s", KEEPER, KEEPERS_PASSWORD)
    world = World(instance, folder)
    with world.endpoints():
        yield world
