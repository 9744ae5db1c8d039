"""An environment as a whole: the settings of each subject."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial

import aws_cdk as cdk

from keyless_aurora.engines.matrix import POSTGRESQL, Engine, Pattern
from keyless_aurora.settings import naming
from keyless_aurora.settings.bootstrap import default_qualifier
from keyless_aurora.settings.checked import changed, made_at, settings
from keyless_aurora.settings.database import DatabaseSettings, standing_in
from keyless_aurora.settings.database.standing_in import NoStandInError
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_aurora.settings.network import NetworkSettings
from keyless_aurora.settings.proxy import ProxySettings
from keyless_aurora.settings.repository import Repository
from keyless_aurora.settings.workload import Workload


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
        """The same on another engine of Aurora, to try it out. Raises SettingsError when the database isn't Aurora."""
        return self._with(partial(standing_in.cluster, engine=engine))

    def with_instance(self, engine: Engine = POSTGRESQL) -> "Environment":
        """The same on an RDS instance, kept as the environment's own database is, to try it out. Raises SettingsError
        when that one exists already."""
        return self._with(partial(standing_in.instance, engine=engine))

    def with_secret_instance(self, engine: Engine) -> "Environment":
        """The same on an RDS instance whose users nobody makes here, by pattern D alone, to try it out. Raises
        SettingsError when the database exists already."""
        return self._with(partial(standing_in.secret_instance, engine=engine)).with_pattern(Pattern.D)

    def _with(self, stands_in: Callable[[DatabaseSettings], DatabaseSettings]) -> "Environment":
        try:
            return changed(self, database=stands_in(self.database))
        except NoStandInError as error:
            raise SettingsError(self.name, [str(error)], at=made_at(self)) from None
