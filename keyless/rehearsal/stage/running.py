"""The rehearsal's stage: the app synthesized, deployed and running on this machine while a `with` block lasts.

Nothing remains of it afterwards: no process, no port, no folder, also after a failure or Ctrl-C.
"""

import time
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Any, Final, LiteralString, Self

import psycopg
from botocore.credentials import Credentials
from psycopg.sql import Composed

from keyless.ending import unstoppable
from keyless.rehearsal.app_folder import AppFolder
from keyless.rehearsal.cdk.assembly import Removed, stack_names, templates
from keyless.rehearsal.cdk.command import Deploying
from keyless.rehearsal.cdk.process import Progress
from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.deployment.engines import Family
from keyless.rehearsal.deployment.resources import Deployed
from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pins
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.mysql.server import Server
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.stage.databases.around import Around
from keyless.rehearsal.stage.folder import own_folder
from keyless.rehearsal.stage.preparing import Preparation
from keyless.rehearsal.stage.stand_ins import StandIns
from keyless.rehearsal.stage.variant import Variant
from keyless.rehearsal.workloads.running import Running, running
from keyless.stack_names import prefixes

_PAUSE_SECONDS: Final = 0.1


class WrongFamilyError(Exception):
    """A stage is asked for the server of a family that it isn't of."""

    def __init__(self, family: Family, asked: Family) -> None:
        super().__init__(f"the stage's database is of the family {family}, and {asked} was asked for")


class Stage:
    """`with Stage(app, "dev", print) as stage:` deploys everything; the block may then look at it, use it and break it.

    Parameters:
        app: what is deployed.
        environment: one of its own.
        progress: called with a line for each step; details are indented.
        variant: another way to the database than the environment's.
        delays: how late the stand-ins are; punctual by default.
    """

    def __init__(
        self,
        app: AppFolder,
        environment: str,
        progress: Progress,
        variant: Variant = Variant(),  # noqa: B008 - frozen
        delays: Delays = PUNCTUAL,
    ) -> None:
        self.app, self._delays = app, delays
        self._environment, self._progress, self._stack, self.variant = environment, progress, ExitStack(), variant
        self.events, self.pins = Events(), Pins()
        self.removed: tuple[Removed, ...] = ()

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._clean_up)
            self.folder = self._stack.enter_context(own_folder())
            self._prepare(self._stack)
            self._deploy(self._stack)
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean_up()

    def _clean_up(self) -> None:
        self._progress("cleaning up")
        with unstoppable("still cleaning up, which a signal doesn't end; it takes seconds"):
            self._stack.close()

    def _prepare(self, stack: ExitStack) -> None:
        made = Preparation(self.app, self._environment, self.variant, self.folder, stack, self._progress).run()
        self.assembly, self.removed, self.own_files = made.assembly, made.removed, made.own_files
        self.cloud, self._cdk = made.cloud, made.cdk
        self._server, self._addresses = made.server.database, made.server.addresses
        self.judge: Judge = self.cloud.judge

    def _deploy(self, stack: ExitStack) -> None:
        self._progress("cdk bootstrap")
        self._cdk.bootstrap()
        prefix = prefixes(stack_names(self.assembly))[self._environment]
        self.deployed = Deployed(self.cloud, prefix, self.assembly)
        self._progress("cdk deploy --all: network and database")
        self.cloud.pause_after(self.deployed.stack("database"))
        with self._cdk.deploying(express=self._delays.express) as deploy:
            while deploy.runs and not self.deployed.has("database"):
                time.sleep(_PAUSE_SECONDS)
            if deploy.runs:
                self._start_endpoints(stack)
            deploy.wait()

    def _start_endpoints(self, stack: ExitStack) -> None:
        """Between the database's stack and the next, whose functions look for them."""
        self._progress("starting the database endpoints")
        around = Around(
            self.cloud,
            self.deployed,
            Authority(self.folder, "rds"),
            judge=self._judge,
            events=self.events,
            pins=self.pins,
            delays=self._delays,
        )
        stand_ins = StandIns(self._server, around, addresses=self._addresses)
        self.roots, self.database, self._stand_ins = stand_ins.roots, stand_ins.database, stand_ins
        endpoints = stand_ins.endpoints()
        for spec in self.deployed.specs(templates(self.assembly)):
            self._server.make_kept_schemas(spec, self.deployed.database.master)
        self.endpoints = stack.enter_context(endpoints)
        self._progress("cdk deploy --all: the bootstrap function creates users and grants, and proves them")
        self.cloud.throttle(self._delays.throttled, "lambda")  # see Delays
        self.cloud.go_on()

    def deploying_again(self) -> AbstractContextManager[Deploying]:
        return self._cdk.deploying()

    def destroy(self, *parts: str) -> None:
        """Destroy the stacks of these parts, or all."""
        self._cdk.destroy(*(self.deployed.stack(part) for part in parts))

    @property
    def kind(self) -> str:
        """What the database is called in the table."""
        return "cluster" if self.deployed.database.cluster else "instance"

    @property
    def family(self) -> Family:
        """Of the database's engine."""
        return self._server.family

    @property
    def first_database(self) -> str:
        """Where whoever is told of no database begins a session: empty in MySQL's family, where nobody has to."""
        return self.deployed.spec.databases[0].name if self.family == "postgresql" else ""

    @property
    def postgres(self) -> Postgres:
        """The server, in a stage of PostgreSQL's family."""
        if not isinstance(self._server.running, Postgres):
            raise WrongFamilyError(self.family, "postgresql")
        return self._server.running

    @property
    def mysql(self) -> Server:
        """The server, in a stage of MySQL's family."""
        if not isinstance(self._server.running, Server):
            raise WrongFamilyError(self.family, "mysql")
        return self._server.running

    @property
    def proxy(self) -> Endpoint:
        """The proxy's endpoint, where one is deployed."""
        return self._stand_ins.proxy

    @property
    def places(self) -> dict[str, Endpoint]:
        """Every endpoint that is deployed, by what it is called in the table."""
        names = ("the proxy", "the proxy's endpoint for readers")
        return {f"the {self.kind}": self.database, **dict(zip(names, self._stand_ins.of_proxy(), strict=False))}

    def endpoint(self, host: str) -> Endpoint:
        """What a function's PGHOST names. Raises LookupError."""
        for endpoint in self.places.values():
            if endpoint.host == host:
                return endpoint
        raise LookupError(f"nothing that is deployed is called {host}")

    def superuser(self, database: str = "") -> "psycopg.Connection[tuple[Any, ...]]":
        """A database, or the cluster's first one, by the server's private socket: to look and to break things."""
        return self.postgres.connect(database=database or self.deployed.database.name)

    def execute(self, statement: LiteralString | Composed, database: str = "") -> None:
        """Execute a statement as the superuser, whom neither the engine nor IAM restricts, in a session of its own."""
        with self.superuser(database) as connection:
            connection.execute(statement)

    def credentials(self, role: str, service: str = "lambda.amazonaws.com") -> Credentials:
        """A session of a deployed role, as its service gets it."""
        return self.cloud.role_session(role, service).credentials

    def running(self, workload: Workload) -> AbstractContextManager[Running]:
        """The process of a service or of a server. Raises StartError, when the block is entered."""
        endpoint, code = self.endpoint(workload.host), self.app.path / workload.source
        return running(self.cloud, workload, code, address=endpoint.address, roots=self.roots)

    def end_sessions(self) -> None:
        """End every open session: functions keep theirs between calls, and a session outlives the right to open one."""
        self._server.end_sessions()

    def set_password(self, role: str, password: str | None) -> None:
        self._server.set_password(role, password)

    def tell(self, line: str) -> None:
        """A step of what is done on the stage, for who watches."""
        self._progress(line)

    def _judge(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict:
        """The current judge: tests replace it with a lenient one, to see the table turn red."""
        return self.judge(token=token, host=host, port=port, user=user, resource_id=resource_id)
