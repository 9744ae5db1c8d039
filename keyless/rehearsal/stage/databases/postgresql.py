"""PostgreSQL's family: one real server stands in for Aurora and RDS alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from psycopg.sql import SQL, Identifier, Literal

from db_access.spec import AccessSpec
from keyless.rehearsal.deployment.engines import Family, family_of
from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.endpoints.gate import Gate, GateSettings
from keyless.rehearsal.endpoints.proxy.service import Proxy
from keyless.rehearsal.servers.kept_schemas import make_kept_schemas
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.stage.databases.around import Around

TLS: Final = "rds.force_ssl"


@dataclass(frozen=True)
class PostgreSQL:
    running: Postgres = field(default_factory=Postgres)
    family: Family = "postgresql"
    label: str = "PostgreSQL"

    def stands_for(self, engine: str) -> bool:
        return family_of(engine) == self.family

    def make_master(self, around: Around) -> None:
        deployed = around.deployed
        database, iam = deployed.database, deployed.iam_master
        self.running.create_master(database.master, iam=iam, password=None, database=database.name)

    def make_kept_schemas(self, spec: AccessSpec, master: str) -> None:
        make_kept_schemas(self.running, spec, master)

    def services(self, gate: Endpoint, proxies: Iterable[Endpoint], around: Around) -> list[Service]:
        services: list[Service] = [self._gate(gate, around)]
        if at := [*proxies]:
            password = self.running.create_proxy_login()
            services += [_proxy(endpoint, gate, password, around) for endpoint in at]
        return services

    def end_sessions(self) -> None:
        self.running.end_sessions()

    def set_password(self, user: str, password: str | None) -> None:
        with self.running.connect() as connection:
            connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(user), Literal(password)))

    def _gate(self, endpoint: Endpoint, around: Around) -> Gate:
        def settings() -> GateSettings:
            found = around.deployed.login_settings()
            return GateSettings(force_ssl=found.on(TLS), iam_enabled=found.iam_enabled)

        return Gate(
            endpoint,
            self.running,
            certificate=around.authority.server(endpoint.host),
            roots=around.authority.root,
            judge=around.judge,
            settings=settings,
            events=around.events,
            delays=around.delays,
        )


def _proxy(endpoint: Endpoint, database: Endpoint, own_password: str, around: Around) -> Proxy:
    return Proxy(
        endpoint,
        database,
        certificate=around.authority.server(endpoint.host),
        cluster_roots=around.authority.root,
        judge=around.judge,
        region=around.cloud.region,
        credentials=around.credentials,
        own_password=own_password,
        read_secret=secret_reader(around.cloud, around.deployed.proxy["RoleArn"]),
        settings=around.deployed.proxy_settings,
        pins=around.pins,
        events=around.events,
        delays=around.delays,
    )
