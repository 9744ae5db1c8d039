"""MySQL's family: a real MySQL stands in for Aurora and RDS alike, and a real MariaDB for RDS for MariaDB."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final

from db_access.spec import AccessSpec
from keyless.rehearsal.deployment.engines import Family
from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.endpoints.mysql.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.mysql.proxy.service import Proxy
from keyless.rehearsal.servers.mysql import accounts, sessions
from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL, Server
from keyless.rehearsal.stage.databases.around import Around

TLS: Final = "require_secure_transport"
_SERVERS: Final[dict[str, type[Server]]] = {"aurora-mysql": MySQL, "mysql": MySQL, "mariadb": MariaDB}


@dataclass(frozen=True)
class MySQLFamily:
    running: Server
    family: Family = "mysql"

    @classmethod
    def of(cls, engine: str) -> "MySQLFamily":
        """Not yet started."""
        return cls(_SERVERS[engine]())

    @property
    def label(self) -> str:
        return self.running.kind.name

    def stands_for(self, engine: str) -> bool:
        return _SERVERS.get(engine) is type(self.running)

    def make_master(self, around: Around) -> None:
        """With the password that RDS, here the emulator, has made and keeps in a secret."""
        database, secrets = around.deployed.database, around.cloud.client("secretsmanager")
        kept = json.loads(secrets.get_secret_value(SecretId=database.master_secret)["SecretString"])
        self.running.create_master(database.master, kept["password"], database.name)

    def make_kept_schemas(self, spec: AccessSpec, master: str) -> None:
        kept = (schema.name for each in spec.databases for schema in each.schemas if schema.named_owner is None)
        with self.running.connect() as superuser:
            accounts.create_databases(superuser, kept)

    def services(self, gate: Endpoint, proxies: Iterable[Endpoint], around: Around) -> list[Service]:
        return [self._gate(gate, around), *(_proxy(endpoint, gate, around) for endpoint in proxies)]

    def end_sessions(self) -> None:
        with self.running.connect() as superuser:
            sessions.end(superuser)

    def set_password(self, user: str, password: str | None) -> None:
        new = password or token_urlsafe(30)
        with self.running.connect() as superuser:
            accounts.set_password(superuser, user, new)
        self.running.log_in(user, new).close()  # until then, what MySQL 9.7 keeps in memory lets the old one in

    def _gate(self, endpoint: Endpoint, around: Around) -> Gate:
        def settings() -> GateSettings:
            found = around.deployed.login_settings()
            return GateSettings(require_secure_transport=found.on(TLS), iam_enabled=found.iam_enabled)

        return Gate(
            endpoint,
            self.running,
            certificate=around.authority.server(endpoint.host),
            judge=around.judge,
            settings=settings,
            events=around.events,
        )


def _proxy(endpoint: Endpoint, database: Endpoint, around: Around) -> Proxy:
    return Proxy(
        endpoint,
        database,
        certificate=around.authority.server(endpoint.host),
        cluster_roots=around.authority.root,
        judge=around.judge,
        region=around.cloud.region,
        credentials=around.credentials,
        read_secret=secret_reader(around.cloud, around.deployed.proxy["RoleArn"]),
        settings=around.deployed.proxy_settings,
        events=around.events,
    )
