"""A cluster and a proxy endpoint in front of a real PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.emulator.iam.judge import judge
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pins
from keyless.rehearsal.endpoints.proxy.service import Proxy
from keyless.rehearsal.endpoints.proxy.settings import Credentials as Known
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, UnreadableError
from keyless.rehearsal.servers.certificates import Authority
from tests.conftest import Database
from tests.rehearsal.endpoints.roles import ACCOUNT, REGION, USER, Role, grant

KEEPER, PASSWORD = "keeper", "a password"
LOGIN_SECONDS = 5.0


@dataclass
class World:
    database: Database
    folder: Path
    gate_settings: GateSettings = field(default_factory=lambda: GateSettings(force_ssl=True, iam_enabled=True))
    proxy_settings: ProxySettings = field(default_factory=lambda: ProxySettings(require_tls=True))
    secrets: dict[str, Known] = field(default_factory=dict)
    """What the proxy's role can read, by ARN."""
    own_password: str = ""
    """Of the proxy's own login."""
    judge: Judge = field(default_factory=lambda: partial(judge, region=REGION, account=ACCOUNT))
    delays: Delays = PUNCTUAL

    def __post_init__(self) -> None:
        addresses = free_loopback_addresses(2)
        self.cluster = Endpoint("app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com", "cluster-ABC", addresses[0])
        self.proxy = Endpoint("app.proxy-a1b2c3.eu-central-1.rds.amazonaws.com", "prx-0abc", addresses[1])
        self.authority, self.events, self.pins = Authority(self.folder, "rds"), Events(), Pins()
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
            delays=self.delays,
        )
        proxy = Proxy(
            self.proxy,
            self.cluster,
            certificate=self.authority.server(self.proxy.host),
            cluster_roots=self.authority.root,
            judge=current,
            region=REGION,
            credentials=lambda: self.proxy_role.credentials,
            own_password=self.own_password,
            read_secret=self._read_secret,
            settings=lambda: self.proxy_settings,
            pins=self.pins,
            events=self.events,
            login_seconds=LOGIN_SECONDS,
            delays=self.delays,
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
            "connect_timeout": 60,
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
def running_world(database: Database, folder: Path, delays: Delays = PUNCTUAL) -> Iterator[World]:
    """A running world, with an IAM user and a password user."""
    with database.connect() as master:
        for user in (USER, KEEPER):
            master.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(user)))
        master.execute(SQL("GRANT rds_iam TO {}").format(Identifier(USER)))
        master.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(KEEPER), PASSWORD))
    world = World(database, folder, own_password=database.server.create_proxy_login(), delays=delays)
    with world.endpoints():
        yield world
