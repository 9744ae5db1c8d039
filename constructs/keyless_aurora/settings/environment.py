"""An environment as a whole: the settings of each subject, and what only holds of them together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

import aws_cdk as cdk
from aws_cdk.region_info import RegionInfo

from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import POSTGRESQL, Engine, Pattern
from keyless_aurora.settings import naming
from keyless_aurora.settings.allowed import within, written_as
from keyless_aurora.settings.bootstrap import bootstrap_problems, default_qualifier
from keyless_aurora.settings.checked import changed, made_at, settings
from keyless_aurora.settings.database import (
    AuroraSettings,
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    SecretInstanceSettings,
    database_problems,
)
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.logs import LogRetention, log_problems
from keyless_aurora.settings.monitoring import MonitoringSettings, monitoring_problems
from keyless_aurora.settings.network import NetworkSettings, NewNetwork, network_problems
from keyless_aurora.settings.pattern import pattern_problems
from keyless_aurora.settings.proxy import ProxySettings, proxy_problems
from keyless_aurora.settings.repository import Repository, repository_problems
from keyless_aurora.settings.workload import Workload, workload_problems

_ROTATION_DAYS = 1, 1000
"""AWS::SecretsManager::RotationSchedule, AutomaticallyAfterDays."""
_EXISTS = "database: it exists already, and no other can stand in for it; allowed: no -c database"
_REGION = r"(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-[0-9]"


@settings
class Environment:
    """One deployment of the whole app."""

    name: str
    region: str
    network: NetworkSettings
    database: DatabaseSettings
    logs: LogRetention
    proxy: ProxySettings = ProxySettings()
    pattern: Pattern = Pattern.A
    """How functions reach the database: docs/infrastructure.md."""
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    """By the function's name in its stack."""
    maintenance_reserved: bool = True
    """Whether Lambda reserves concurrency for the functions of the engine (bootstrap 2, drift watch and
    rotation 1 each). A new account's quota may be 10, of which nothing can be reserved. Runs at the same time wait for
    each other at the engine's lock in the database, with or without."""
    monitoring: MonitoringSettings = MonitoringSettings()
    rotation_days: int = 10
    """How often secrets are rotated, if there are any. With 14 or more, Lambda takes the idle function's network
    interfaces back, and its next call fails: docs/infrastructure.md."""
    repository: Repository | None = None
    """Whose GitHub workflows deploy it: docs/pipeline.md. None: no pipeline stack."""
    protected: bool = True
    """Termination protection of the stacks."""
    approval: bool = False
    """Whether nothing is done in the database but what was approved: docs/approval.md."""
    account: str = ""
    """Empty: the account of whoever deploys."""
    qualifier: str = ""
    """Of the CDK bootstrap whose roles deploy it: docs/pipeline.md. Empty: one of its own, from its name."""
    app: str = ""
    """The app's name, which `KeylessApp(name=…)` gives to all of its environments. It is in every name that is the
    account's, so that apps with environments of the same name can share one. Empty: the only app there."""

    @property
    def bootstrap_qualifier(self) -> str:
        return self.qualifier or default_qualifier(self.name, self.app)

    @property
    def synthesizer(self) -> cdk.DefaultStackSynthesizer:
        """For one stack: its roles are the environment's own."""
        return cdk.DefaultStackSynthesizer(qualifier=self.bootstrap_qualifier)

    @property
    def target(self) -> cdk.Environment:
        return cdk.Environment(account=self.account or None, region=self.region)

    @property
    def prefix(self) -> str:
        """What the stacks' names begin with."""
        return naming.stacks(self.app, self.name)

    @property
    def resource_name(self) -> str:
        """The name of the database, and that of the topic."""
        return naming.resources(self.app, self.name)

    @property
    def metrics(self) -> str:
        """The namespace of the metrics that are this app's own."""
        return naming.metrics(self.app, self.name)

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

    def of_app(self, name: str) -> "Environment":
        """The same, of the app of that name.

        Raises:
            SettingsError: when it says that it is another's.
        """
        if self.app not in ("", name):
            raise SettingsError(
                self.name,
                [f"app: it is {self.app!r}, and the app's name is {name!r}; allowed: no app here, or the same"],
                at=made_at(self),
            )
        return changed(self, app=name)

    def with_pattern(self, pattern: Pattern) -> "Environment":
        """The same with every workload on `pattern`, to try it out."""
        workloads = {name: replace(workload, pattern=None) for name, workload in self.workloads.items()}
        return changed(self, pattern=pattern, workloads=workloads)

    def with_cluster(self, engine: Engine) -> "Environment":
        """The same on another engine of Aurora, to try it out.

        Raises:
            SettingsError: when the database isn't a cluster that this app makes.
        """
        if not isinstance(self.database, AuroraSettings):
            raise SettingsError(
                self.name,
                ["database: it isn't Aurora, and has no settings of one; allowed: no -c database of Aurora"],
                at=made_at(self),
            )
        if self.database.engine == engine:
            return self
        return changed(self, database=changed(self.database, engine=engine, engine_version=""))

    def with_instance(self, engine: Engine = POSTGRESQL) -> "Environment":
        """The same on an RDS instance, kept as the environment's own database is, to try it out.

        Raises:
            SettingsError: when the database exists already.
        """
        if isinstance(self.database, ExistingDatabase):
            raise SettingsError(self.name, [_EXISTS], at=made_at(self))
        same = self.database.engine.family is engine.family is Family.POSTGRESQL
        return changed(
            self,
            database=InstanceSettings(
                self.database.protection,
                Provisioned("t4g.medium"),
                storage_gib=20,
                max_storage_gib=100,
                engine_version=self.database.engine_version if same else "",
                engine=engine,
            ),
        )

    def with_secret_instance(self, engine: Engine) -> "Environment":
        """The same on an RDS instance whose users nobody makes here, by pattern D alone, to try it out; without what
        its engine hasn't: the audit that this app knows, and for Db2 Database Insights.

        Raises:
            SettingsError: when the database exists already.
        """
        if isinstance(self.database, ExistingDatabase):
            raise SettingsError(self.name, [_EXISTS], at=made_at(self))
        database = SecretInstanceSettings(
            changed(self.database.protection, audit=False),
            Provisioned("r6i.large"),
            storage_gib=20,
            max_storage_gib=100,
            engine=engine,
            max_connections=500,
        )
        if not database.insights:
            database = changed(database, protection=changed(database.protection, advanced_insights=False))
        return changed(self, database=database).with_pattern(Pattern.D)


def environment_problems(environment: Environment) -> Iterator[str]:
    """What is wrong with its settings, all of it, before anything is made: a sentence each, with its place and what is
    allowed. What only the access spec and the app's own stacks can tell is found later: users, functions, the
    connection budget."""
    through_proxy, database, proxy = environment.through_proxy, environment.database, environment.proxy
    yield from _where(environment)
    yield from bootstrap_problems(environment.bootstrap_qualifier)
    yield from pattern_problems(database.engine, environment.patterns)
    yield from network_problems(environment.network, environment.region)
    yield from database_problems(database, region=environment.region, through_proxy=through_proxy)
    yield from proxy_problems(proxy, database, through_proxy=through_proxy)
    yield from _port(database, environment.network)
    yield from _unwatched(environment)
    yield from workload_problems(environment.workloads, environment.network, reader_endpoint=proxy.reader_endpoint)
    yield from log_problems(environment.logs)
    yield from within("rotation_days", environment.rotation_days, *_ROTATION_DAYS)
    yield from monitoring_problems(environment.monitoring)
    yield from repository_problems(environment.repository) if environment.repository else ()


def _unwatched(environment: Environment) -> Iterator[str]:
    """What only the drift watch gives a meaning to."""
    if environment.database.engine.by_secret and environment.monitoring.findings_bus is not None:
        yield (
            f"monitoring.findings_bus: no drift watch looks at {environment.database.engine.label}, so it would get "
            "nothing; allowed: None"
        )


def _where(environment: Environment) -> Iterator[str]:
    yield from naming.naming_problems(environment.app, environment.name)
    yield from _region(environment.region)
    if environment.account and not re.fullmatch("[0-9]{12}", environment.account):
        yield (
            f"account: {environment.account!r} is not a valid account; allowed: its 12 digits, or empty for the "
            "account of whoever deploys"
        )


def _region(name: str) -> Iterator[str]:
    wrong = [*written_as("region", name, _REGION, "a region of the partition aws, such as eu-west-1")]
    yield from wrong
    if not wrong and name not in {region.name for region in RegionInfo.regions}:
        yield f"region: aws-cdk-lib knows no region {name!r}; allowed: one that AWS has, such as eu-west-1"


def _port(database: DatabaseSettings, network: NetworkSettings) -> Iterator[str]:
    usual = database.engine.family.port
    if isinstance(database, ExistingDatabase) and isinstance(network, NewNetwork) and database.listens_on != usual:
        yield (
            f"database.port: the ACLs of a new network let {usual} through, and {database.listens_on} not; allowed: "
            f"{usual}, or an ExistingNetwork"
        )
