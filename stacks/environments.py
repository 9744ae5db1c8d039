"""The environments that can be deployed, and what differs between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.logs import LogKeeping
from keyless_aurora.pipeline.deploy_role import Repository
from keyless_aurora.settings.database import (
    AuroraSettings,
    Care,
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    ProxySettings,
    Serverless,
)
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_aurora.settings.network import Egress, NetworkSettings, NewNetwork


class UnknownEnvironmentError(Exception):
    """No environment has that name. Lists those that exist."""

    def __init__(self, name: str | None) -> None:
        said = f"no environment is named {name!r}" if name else "no environment is chosen"
        super().__init__(f"{said}; use -c environment=NAME with one of: {', '.join(ENVIRONMENTS)}")


@dataclass(frozen=True)
class Workload:
    """What an environment says of one function."""

    max_concurrency: int | None = None
    """Reserved for it, and its limit. None: whatever the account has left."""
    pattern: Pattern | None = None
    """Another way to the database than the environment's."""
    reader: bool = False
    """Whether it reads from Aurora's readers, by the proxy's endpoint for them (`proxy.reader_endpoint`)."""
    egress: Egress = Egress.NOWHERE
    """Where it may go beside the database; the network's settings must have a way there."""


@dataclass(frozen=True)
class Environment:
    """One deployment of the whole app."""

    name: str
    region: str
    network: NetworkSettings
    database: DatabaseSettings
    logs: LogKeeping
    proxy: ProxySettings = ProxySettings()  # noqa: RUF009 - frozen
    pattern: Pattern = Pattern.A
    """How functions reach the database: docs/infrastructure.md."""
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    """By the function's name in the workload stack."""
    monitoring: MonitoringSettings = MonitoringSettings()  # noqa: RUF009 - frozen
    rotation_days: int = 30
    """How often secrets are rotated, if there are any."""
    repository: Repository | None = None
    """Whose GitHub workflows deploy it: docs/pipeline.md. None: no pipeline stack."""
    protected: bool = True
    """Termination protection of the stacks."""
    account: str = ""
    """Empty: the account of whoever deploys."""

    @property
    def target(self) -> cdk.Environment:
        return cdk.Environment(account=self.account or None, region=self.region)

    @property
    def prefix(self) -> str:
        """What the stacks' names begin with."""
        return f"KeylessAurora-{self.name}"

    @property
    def metrics(self) -> str:
        """The namespace of the metrics that are this app's own."""
        return f"KeylessAurora/{self.name}"

    @property
    def patterns(self) -> dict[str, Pattern]:
        """Those in use, by the place that says so."""
        own = {
            f"workloads.{name}.pattern": workload.pattern
            for name, workload in self.workloads.items()
            if workload.pattern
        }
        return {"pattern": self.pattern, **own}

    @property
    def through_proxy(self) -> bool:
        """Whether a pattern in use needs RDS Proxy."""
        return any(pattern.through_proxy for pattern in self.patterns.values())

    def workload(self, name: str) -> Workload:
        return self.workloads.get(name, Workload())

    def with_pattern(self, pattern: Pattern) -> "Environment":
        """The same with every workload on `pattern`, to try it out."""
        workloads = {name: replace(workload, pattern=None) for name, workload in self.workloads.items()}
        return replace(self, pattern=pattern, workloads=workloads)

    def with_instance(self) -> "Environment":
        """The same on RDS for PostgreSQL, kept as the environment's own database is, to try it out.

        Raises:
            SettingsError: when the database exists already.
        """
        if isinstance(self.database, ExistingDatabase):
            raise SettingsError(
                self.name, ["database: it exists already, and no other can stand in for it; allowed: no -c database"]
            )
        return replace(
            self,
            database=InstanceSettings(
                self.database.care, Provisioned("t4g.medium"), storage_gib=20, max_storage_gib=100
            ),
        )


_ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")

DEV = Environment(
    name="dev",
    region="eu-west-1",
    network=NewNetwork("10.10.0.0/20", _ZONES[:2]),
    database=AuroraSettings(
        Care(backup_days=1, deletion_protection=False, removal_policy=cdk.RemovalPolicy.DESTROY),
        capacity=Serverless(min_acu=0.5, max_acu=2),
    ),
    logs=LogKeeping(logs.RetentionDays.ONE_MONTH, cdk.RemovalPolicy.DESTROY),
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=10)},
    monitoring=MonitoringSettings(watch_hours=6, load=False),
    protected=False,
)

STAGING = Environment(
    name="staging",
    region="eu-west-1",
    network=NewNetwork("10.20.0.0/20", _ZONES),
    database=AuroraSettings(
        Care(backup_days=7, deletion_protection=True, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
        capacity=Serverless(min_acu=0.5, max_acu=8),
    ),
    logs=LogKeeping(logs.RetentionDays.THREE_MONTHS, cdk.RemovalPolicy.DESTROY),
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=50)},
)

PROD = Environment(
    name="prod",
    region="eu-west-1",
    network=NewNetwork("10.30.0.0/20", _ZONES),
    database=AuroraSettings(
        Care(
            backup_days=35,
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            advanced_insights=True,
            audit=True,
        ),
        capacity=Serverless(min_acu=1, max_acu=32),
    ),
    logs=LogKeeping(logs.RetentionDays.ONE_YEAR, cdk.RemovalPolicy.RETAIN),
    workloads={"Migrator": Workload(max_concurrency=1), "Writer": Workload(max_concurrency=100)},
)

ENVIRONMENTS = {environment.name: environment for environment in (DEV, STAGING, PROD)}


def environment_named(name: str | None) -> Environment:
    """The environment of that name. Raises UnknownEnvironmentError, which lists the valid ones."""
    if name not in ENVIRONMENTS:
        raise UnknownEnvironmentError(name)
    return ENVIRONMENTS[name]
