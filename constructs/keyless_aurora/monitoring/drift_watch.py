"""The drift watch: a schedule has a function hold each database against the access spec; what it finds goes to the
event bus.

The function is the engine's, as a user that can do nothing but connect, read-only, without a right to any secret. It
reaches the database and nothing else: Lambda
itself carries its answer to the bus, as the destination of an asynchronous call, and a metric filter counts what the
line in its log says.
"""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from constructs import Construct

from db_access.spec import AccessSpec
from db_access.spec.deployed import SETTING, Deployed
from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.access.runs import Run, runs
from keyless_aurora.access.spec_asset import carry
from keyless_aurora.database.database import Database
from keyless_aurora.monitoring.access_alarms import DRIFT

_RETRIES = 2
"""Lambda waits one minute, then two: a failover is over by then."""
_MAX_EVENT_AGE = Duration.minutes(30)
"""What couldn't run by then waits for the next time."""
_FIRST_MINUTE, _MINUTES = 17, 60
"""Of the hour: not the full one, at which everybody's schedules run."""


class DriftWatch(Construct):
    """Has `function` look at each database of `spec`, or at the server as a whole, every `hours`. It needs the access
    to be there: depend on it.

    The spec travels in a layer, whatever its size: a rule's input may have 8,192 characters (EventBridge API, Target).
    `spec` is that of the DatabaseAccess, which says who manages its roles.

    Between the updates of the function and of a rule, a run may ask for a spec that isn't there any more; it fails, and
    the next one doesn't.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AccessSpec,
        database: Database,
        function: EngineFunction,
        namespace: str,
        hours: int,
    ) -> None:
        super().__init__(scope, id)
        bus = destinations.EventBridgeDestination(events.EventBus.from_event_bus_name(self, "Bus", "default"))
        function.function.configure_async_invoke(
            max_event_age=_MAX_EVENT_AGE, retry_attempts=_RETRIES, on_success=bus, on_failure=bus
        )
        self._count(function, namespace)
        handed_over = carry(spec, function)
        function.function.add_environment(SETTING, Deployed.of(spec, protected=True).setting)
        function.function.add_environment("MASTER", database.master)
        for number, run in enumerate(runs(spec, database.engine.family)):
            event = {**run.properties, "Cluster": database.resource_id, **handed_over}
            self._schedule(run, (_FIRST_MINUTE + number) % _MINUTES, hours, function, event)

    def _count(self, function: EngineFunction, namespace: str) -> None:
        """A run that found a deploy at work logs `null`, which is not a number, so that it doesn't count as a run."""
        logs.MetricFilter(
            self,
            "Count",
            log_group=function.log_group,
            metric_namespace=namespace,
            metric_name=DRIFT,
            metric_value="$.drift",
            unit=cloudwatch.Unit.COUNT,
            filter_pattern=logs.FilterPattern.number_value("$.drift", ">=", 0),
        )

    def _schedule(self, run: Run, minute: int, hours: int, function: EngineFunction, event: dict[str, object]) -> None:
        rule = events.Rule(
            self,
            f"Schedule-{run.name or run.id}",
            description=f"Hold {f'database {run.name}' if run.name else 'the server'} against the access spec",
            schedule=events.Schedule.cron(
                minute=str(minute), hour="*" if hours == 1 else ",".join(map(str, range(0, 24, hours)))
            ),
        )
        rule.add_target(
            targets.LambdaFunction(
                function.function,
                event=events.RuleTargetInput.from_object(event),
                retry_attempts=_RETRIES,
                max_event_age=_MAX_EVENT_AGE,
            )
        )
