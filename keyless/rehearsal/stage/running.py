"""The rehearsal's stage: the app synthesized, deployed and running on this machine, for as long as a `with` block
lasts.

Nothing remains of it afterwards: no process, no port, no folder, also after a failure or Ctrl-C.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from botocore.credentials import Credentials
from psycopg.sql import SQL, Identifier, Literal

from keyless.rehearsal.cdk.assembly import Removed, localise
from keyless.rehearsal.cdk.command import Cdk, Deployment, synth
from keyless.rehearsal.deployment.proxy import secret_reader
from keyless.rehearsal.deployment.resources import Deployed
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.gate import Gate
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.proxy.service import Proxy
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.stage.variant import Variant

REGION = "eu-west-1"
Tell = Callable[[str], None]


class Stage:
    """`with Stage("dev", print) as stage:` deploys everything; the block may then look at it, use it and break it.

    Parameters:
        environment: a name that `stacks/environments.py` knows.
        tell: called with a line for each step.
        variant: another way to the database than the environment's.
    """

    def __init__(self, environment: str, tell: Tell, variant: Variant = Variant()) -> None:  # noqa: B008 - frozen
        self._environment, self._tell, self._stack, self.variant = environment, tell, ExitStack(), variant
        self.events = Events()
        self.removed: tuple[Removed, ...] = ()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._stack = stack
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keyless-rehearsal-")))
            self._prepare(stack)
            self._deploy(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell("cleaning up")
        self._stack.close()

    def _prepare(self, stack: ExitStack) -> None:
        self._addresses = free_loopback_addresses(2)
        self._tell("starting PostgreSQL and the local cloud")
        self.postgres = stack.enter_context(Postgres())
        self.cloud = stack.enter_context(Cloud(region=REGION))
        self.judge: Judge = self.cloud.judge
        self._tell(f"synthesizing the {self._environment} environment: cdk synth, with its checks")
        synthesized, self.assembly = self.folder / "cdk.out", self.folder / "localised"
        synth(
            synthesized,
            {"environment": self._environment, "bundle_for": "host", **self.variant.context},
            progress=self._detail,
        )
        self.removed = localise(synthesized, self.assembly)
        self._cdk = Cdk(self.cloud, self.assembly, self._detail)

    def _deploy(self, stack: ExitStack) -> None:
        self._tell("cdk bootstrap")
        self._cdk.bootstrap()
        prefix = f"KeylessAurora-{self._environment}"
        self._tell("cdk deploy: network and database")
        self._cdk.deploy(f"{prefix}-database")
        self.deployed = Deployed(self.cloud, prefix)
        self._tell("starting the database endpoints")
        self.endpoints = stack.enter_context(self._endpoints())
        self._tell("cdk deploy --all: the bootstrap function creates users and grants, and proves them")
        self._cdk.deploy()

    def deploy_again(self) -> Deployment:
        return self._cdk.deploy()

    def destroy(self, *parts: str) -> None:
        """Destroy the stacks of these parts, or all."""
        self._cdk.destroy(*(self.deployed.stack(part) for part in parts))

    @property
    def kind(self) -> str:
        """What the database is called in the table."""
        return "cluster" if self.deployed.database.cluster else "instance"

    def superuser(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The application's database, by the server's private socket: to look behind the scenes and to break things."""
        return self.postgres.connect(database=self.deployed.database.name)

    def end_sessions(self) -> None:
        """End every open session: functions keep theirs between calls, and a session outlives the right to open one."""
        with self.superuser() as connection:
            query = (
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IS NOT NULL AND pid <> "
                "pg_backend_pid()"
            )
            connection.execute(query)

    def set_password(self, role: str, password: str | None) -> None:
        with self.superuser() as connection:
            connection.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(password)))

    def credentials(self, role: str, service: str = "lambda.amazonaws.com") -> Credentials:
        """A session of a deployed role, as its service gets it."""
        session = self.cloud.role_session(role, service)
        return Credentials(session.access_key_id, session.secret_access_key, session.session_token)

    def _endpoints(self) -> Endpoints:
        """The database's and the proxy's stand-ins, under their deployed names, with certificates for these names."""
        database, authority = self.deployed.database, Authority(self.folder, "rds")
        self.roots = authority.root
        self.postgres.create_master(
            database.master, iam=self.deployed.iam_master, password=None, database=database.name
        )
        self.database = Endpoint(database.host, database.resource_id, self._addresses[0], database.port)
        services: list[Service] = [
            Gate(
                self.database,
                self.postgres,
                certificate=authority.server(self.database.host),
                roots=self.roots,
                judge=self._judge,
                settings=self.deployed.gate_settings,
                events=self.events,
            )
        ]
        if self.deployed.has_proxy:
            services.append(self._proxy(authority))
        self.cloud.set_endpoints(
            {service.endpoint.host: (service.endpoint.address, self.roots) for service in services}
        )
        return Endpoints(*services)

    def _proxy(self, authority: Authority) -> Proxy:
        deployed = self.deployed.proxy
        self.proxy = Endpoint(deployed["Endpoint"], self.deployed.proxy_id, self._addresses[1])
        return Proxy(
            self.proxy,
            self.database,
            certificate=authority.server(self.proxy.host),
            cluster_roots=self.roots,
            judge=self._judge,
            region=REGION,
            credentials=lambda: self.credentials(deployed["RoleArn"], "rds.amazonaws.com"),
            read_secret=secret_reader(self.cloud, deployed["RoleArn"]),
            settings=self.deployed.proxy_settings,
            events=self.events,
        )

    def _judge(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        """The judge of the moment: tests put a lenient one in its place, to see the table turn red."""
        return self.judge(token=token, host=host, port=port, user=user, resource_id=resource_id)

    def _detail(self, line: str) -> None:
        self._tell(f"  {line}")
