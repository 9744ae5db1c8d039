"""The rehearsal's stage: the app synthesized, deployed and running on this machine while a `with` block lasts.

Nothing remains of it afterwards: no process, no port, no folder, also after a failure or Ctrl-C.
"""

import getpass
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg
from botocore.credentials import Credentials
from psycopg.sql import SQL, Composed, Identifier, Literal

from keyless.rehearsal.cdk.assembly import Removed, localise
from keyless.rehearsal.cdk.command import Cdk, Deployment
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.cdk.synthesis import synth
from keyless.rehearsal.deployment.resources import Deployed
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.stage.stand_ins import StandIns
from keyless.rehearsal.stage.variant import Variant

REGION = "eu-west-1"


class Stage:
    """`with Stage("dev", print) as stage:` deploys everything; the block may then look at it, use it and break it.

    Parameters:
        environment: a name that `stacks/environments.py` knows.
        progress: called with a line for each step; details are indented.
        variant: another way to the database than the environment's.
    """

    def __init__(self, environment: str, progress: Progress, variant: Variant = Variant()) -> None:  # noqa: B008 - frozen
        self._environment, self._progress, self._stack, self.variant = environment, progress, ExitStack(), variant
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
        self._progress("cleaning up")
        self._stack.close()

    def _prepare(self, stack: ExitStack) -> None:
        self._addresses = free_loopback_addresses(2)
        self._progress("starting PostgreSQL and the local cloud")
        self.postgres = stack.enter_context(Postgres())
        self.cloud = stack.enter_context(Cloud(region=REGION))
        self.judge: Judge = self.cloud.judge
        if self.cloud.runs_as_us:
            self._progress(f"warning: functions run as you, {getpass.getuser()}: rehearse only code that you trust")
        self._progress(f"synthesizing the {self._environment} environment: cdk synth, with its checks")
        synthesized, self.assembly = self.folder / "cdk.out", self.folder / "localised"
        context = {"environment": self._environment, "bundle_for": "host", **self.variant.context}
        synth(synthesized, context, progress=self._detail)
        self.removed = localise(synthesized, self.assembly)
        self._cdk = Cdk(self.cloud, self.assembly, self._detail)

    def _deploy(self, stack: ExitStack) -> None:
        self._progress("cdk bootstrap")
        self._cdk.bootstrap()
        prefix = f"KeylessAurora-{self._environment}"
        self._progress("cdk deploy: network and database")
        self._cdk.deploy(f"{prefix}-database")
        self.deployed = Deployed(self.cloud, prefix)
        self._progress("starting the database endpoints")
        stand_ins = StandIns(
            self.cloud,
            self.postgres,
            self.deployed,
            addresses=self._addresses,
            authority=Authority(self.folder, "rds"),
            judge=self._judge,
            events=self.events,
        )
        self.roots, self.database, self._stand_ins = stand_ins.roots, stand_ins.database, stand_ins
        self.endpoints = stack.enter_context(stand_ins.endpoints())
        self._progress("cdk deploy --all: the bootstrap function creates users and grants, and proves them")
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

    @property
    def proxy(self) -> Endpoint:
        """The proxy's endpoint, where one is deployed."""
        return self._stand_ins.proxy

    def superuser(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The application's database, by the server's private socket: to look and to break things."""
        return self.postgres.connect(database=self.deployed.database.name)

    def execute(self, statement: LiteralString | Composed) -> None:
        """Execute a statement as the superuser, whom neither the engine nor IAM restricts, in a session of its own."""
        with self.superuser() as connection:
            connection.execute(statement)

    def credentials(self, role: str, service: str = "lambda.amazonaws.com") -> Credentials:
        """A session of a deployed role, as its service gets it."""
        return self.cloud.role_session(role, service).credentials

    def end_sessions(self) -> None:
        """End every open session: functions keep theirs between calls, and a session outlives the right to open one."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename IS NOT NULL AND pid <> pg_backend_pid()"
        )

    def set_password(self, role: str, password: str | None) -> None:
        self.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(password)))

    def _judge(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        """The current judge: tests replace it with a lenient one, to see the table turn red."""
        return self.judge(token=token, host=host, port=port, user=user, resource_id=resource_id)

    def _detail(self, line: str) -> None:
        self._progress(f"  {line}")
