"""Who is notified of what: a topic, alarms, notices of the drift watch, and a dashboard."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from keyless_aurora.budget.connections import Budget
from keyless_aurora.database.database import Database
from keyless_aurora.monitoring import access_alarms, database_alarms
from keyless_aurora.monitoring.alarms import Alarms, Watched
from keyless_aurora.monitoring.dashboard import Dashboard
from keyless_aurora.monitoring.drift_notices import DriftNotices
from keyless_aurora.monitoring.findings_bus import FindingsBus
from keyless_aurora.monitoring.login_log import refused_logins
from keyless_aurora.monitoring.metrics import DatabaseMetrics, ProxyMetrics
from keyless_aurora.monitoring.notifications import Notifications
from keyless_aurora.monitoring.workload_alarms import of_workloads
from keyless_aurora.principals.principal import Principal
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.settings.database import ExistingDatabase
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.access import AccessStack


class MonitoringStack(cdk.Stack):
    """Reads from the other stacks and is read by none. `access`: None where no engine makes users; `looks`: how many
    a run of the drift watch takes, one for each database or one for the server; `principals`: who is given access."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        database: Database,
        proxy: KeylessProxy | None,
        access: AccessStack | None,
        budget: Budget,
        looks: int,
        principals: Sequence[Principal],
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-monitoring",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: alarms, notices, dashboard",
        )
        self._environment, self._database, self._budget = environment, database, budget
        self._metrics, self._proxy = DatabaseMetrics.of(database), ProxyMetrics(proxy.name) if proxy else None
        prefix = f"{environment.prefix}-"
        topic = Notifications(
            self,
            "Notifications",
            name=environment.resource_name,
            alarm_prefix=prefix,
            emails=environment.monitoring.emails,
            from_rules=access is not None,
        ).topic
        watched = [
            *self._of_database(),
            *(self._of_engine(access, looks, topic) if access else ()),
            *of_workloads(principals),
        ]
        Alarms(self, "Alarms", prefix=prefix, topic=topic, watched=watched)
        Dashboard(
            self,
            "Overview",
            name=environment.prefix,
            database=self._metrics,
            proxy=self._proxy,
            budget=budget,
            engine={one.node.id: one.function.function_name for one in (access.engine if access else ())},
            watch_log=access.watch.log_group.log_group_name if access else None,
            namespace=environment.metrics,
        )
        cdk.CfnOutput(self, "TopicArn", value=topic.topic_arn)
        if environment.protected and not environment.monitoring.emails:
            what = "alarms and drift notices go" if access else "alarms go"
            # Not as a warning, which `--strict` makes an error: somebody may subscribe in another way.
            cdk.Annotations.of(self).add_info(
                f"environment {environment.name}: {what} to a topic that nobody is subscribed to "
                "here; name addresses in monitoring.emails, or subscribe to the topic in another way"
            )

    def _of_engine(self, access: AccessStack, looks: int, topic: sns.ITopic) -> Iterator[Watched]:
        function_arn = access.watch.function.function_arn
        notices = DriftNotices(
            self, "Notices", environment=self._environment.name, function_arn=function_arn, topic=topic
        )
        yield from self._of_access(access, looks)
        yield from access_alarms.of_notices(notices.rules)
        yield from self._handed_on(function_arn)

    def _handed_on(self, function_arn: str) -> Iterator[Watched]:
        if bus_arn := self._environment.monitoring.findings_bus:
            bus = FindingsBus(self, "FindingsBus", function_arn=function_arn, bus_arn=bus_arn)
            yield access_alarms.of_findings_bus(bus.rule)

    def _of_database(self) -> Iterator[Watched]:
        settings, database = self._environment.monitoring, self._environment.database
        logged = not isinstance(database, ExistingDatabase) or database.exports_iam_errors
        if logged and database.engine.family.converged:
            refused = refused_logins(
                self, "RefusedLogins", database=self._database, namespace=self._environment.metrics
            )
            yield database_alarms.of_login_log(refused, settings)
        yield from database_alarms.of_database(self._metrics, database, settings, self._budget)
        if self._proxy:
            yield from database_alarms.of_proxy(self._proxy, self._database.engine.family, settings, self._budget)

    def _of_access(self, access: AccessStack, looks: int) -> Iterator[Watched]:
        environment = self._environment
        yield from access_alarms.of_bootstrap(access.bootstrap.function.function_name, access.framework.function_name)
        if access.rotation:
            yield access_alarms.of_rotation(access.rotation.function.function_name)
        yield from access_alarms.of_watch(
            access.watch.function.function_name,
            environment.metrics,
            hours=environment.monitoring.watch_hours,
            looks=looks,
            of="the server" if self._database.engine.family.whole_server else f"all {looks} databases",
        )
