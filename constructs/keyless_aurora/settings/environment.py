"""An environment as a whole: the settings of each subject, and what only holds of them together."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace

import aws_cdk as cdk

from keyless_aurora.engines.matrix import DATABASE_PORT, Pattern
from keyless_aurora.settings.allowed import within, written_as
from keyless_aurora.settings.bootstrap import bootstrap_problems, default_qualifier
from keyless_aurora.settings.checked import changed, made_at, settings
from keyless_aurora.settings.database import (
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
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

_LONGEST_NAME = 40
"""The database is named after it, which may have 63 characters."""
_ROTATION_DAYS = 1, 1000
"""AWS::SecretsManager::RotationSchedule, AutomaticallyAfterDays."""
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
    """By the function's name in the workload stack."""
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
    account: str = ""
    """Empty: the account of whoever deploys."""
    qualifier: str = ""
    """Of the CDK bootstrap whose roles deploy it: docs/pipeline.md. Empty: one of its own, from its name."""

    @property
    def bootstrap_qualifier(self) -> str:
        return self.qualifier or default_qualifier(self.name)

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
        return changed(self, pattern=pattern, workloads=workloads)

    def with_instance(self) -> "Environment":
        """The same on RDS for PostgreSQL, kept as the environment's own database is, to try it out.

        Raises:
            SettingsError: when the database exists already.
        """
        if isinstance(self.database, ExistingDatabase):
            raise SettingsError(
                self.name,
                ["database: it exists already, and no other can stand in for it; allowed: no -c database"],
                at=made_at(self),
            )
        return changed(
            self,
            database=InstanceSettings(
                self.database.protection,
                Provisioned("t4g.medium"),
                storage_gib=20,
                max_storage_gib=100,
                engine_version=self.database.engine_version,
            ),
        )


def environment_problems(environment: Environment, functions: Collection[str]) -> Iterator[str]:
    """What is wrong with its settings, all of it, before anything is made: a sentence each, with its place and what is
    allowed. What only the access spec can tell (users, the connection budget) is found later.

    `functions`: the names that the workload stack knows.
    """
    through_proxy, database, proxy = environment.through_proxy, environment.database, environment.proxy
    yield from _where(environment)
    yield from bootstrap_problems(environment.bootstrap_qualifier)
    yield from pattern_problems(database.engine, environment.patterns)
    yield from network_problems(environment.network, environment.region)
    yield from database_problems(database, region=environment.region, through_proxy=through_proxy)
    yield from proxy_problems(proxy, database, through_proxy=through_proxy)
    yield from _port(database, environment.network)
    yield from workload_problems(
        environment.workloads, functions, environment.network, reader_endpoint=proxy.reader_endpoint
    )
    yield from log_problems(environment.logs)
    yield from within("rotation_days", environment.rotation_days, *_ROTATION_DAYS)
    yield from monitoring_problems(environment.monitoring)
    yield from repository_problems(environment.repository) if environment.repository else ()


def _where(environment: Environment) -> Iterator[str]:
    yield from written_as(
        "name",
        environment.name,
        rf"(?=.{{1,{_LONGEST_NAME}}}$)[a-z](-?[a-z0-9])*",
        f"an environment's name, of small letters, digits and single hyphens, at most {_LONGEST_NAME}",
    )
    yield from written_as("region", environment.region, _REGION, "a region of the partition aws, such as eu-west-1")
    if environment.account and not re.fullmatch("[0-9]{12}", environment.account):
        yield (
            f"account: {environment.account!r} is not a valid account; allowed: its 12 digits, or empty for the "
            "account of whoever deploys"
        )


def _port(database: DatabaseSettings, network: NetworkSettings) -> Iterator[str]:
    if isinstance(database, ExistingDatabase) and isinstance(network, NewNetwork) and database.port != DATABASE_PORT:
        yield (
            f"database.port: the ACLs of a new network let {DATABASE_PORT} through, and {database.port} not; allowed: "
            f"{DATABASE_PORT}, or an ExistingNetwork"
        )
