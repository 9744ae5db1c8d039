"""The end of memberships that are given for a while (`keyless grant`): a schedule calls the bootstrap function each
minute, which takes those that are over.

There only where the access spec lets somebody have something for a while. A database that pauses when nobody uses it
doesn't any more.
"""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.access.spec_asset import carry
from keyless_aurora.database.database import Database
from keyless_aurora.engines.matrix import Engine

_EVERY = Duration.minutes(1)
_MAX_EVENT_AGE = Duration.minutes(1)
"""The next call does what a late one would."""
EVENT = "EndExpired"
"""The field by which the function knows it (`db_access.ending`)."""


class TemporaryGrants(Construct):
    """Has `function` end what is over, by the clock of `database`. It needs the access to be there: depend on it.

    `handed_over`: by which the custom resource's function gets the spec; one in the template itself travels in a layer,
    too, for a rule's input may have 8,192 characters (EventBridge API, Target).
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AccessSpec,
        database: Database,
        function: EngineFunction,
        handed_over: dict[str, Any],
    ) -> None:
        super().__init__(scope, id)
        announced = handed_over if "SpecDigest" in handed_over else carry(spec, function)
        event = {EVENT: "over", "Database": spec.databases[0].name, "Cluster": database.resource_id, **announced}
        rule = events.Rule(
            self,
            "Schedule",
            description="End memberships that were given for a while and are over",
            schedule=events.Schedule.rate(_EVERY),
        )
        rule.add_target(
            targets.LambdaFunction(
                function.function,
                event=events.RuleTargetInput.from_object(event),
                retry_attempts=0,
                max_event_age=_MAX_EVENT_AGE,
            )
        )


def needed(spec: AccessSpec) -> bool:
    return any(user.may_have for user in spec.users)


def refuse_needed(spec: AccessSpec, engine: Engine) -> None:
    """Raises SpecError when `spec` lets somebody have something for a while, which nothing on `engine` could end."""
    if needed(spec):
        who = ", ".join(user.username for user in spec.users if user.may_have)
        raise SpecError(
            [
                f"users: may_have of {who} is for memberships that end by themselves, which only PostgreSQL has here, "
                f"and the database is {engine.label}; allowed: no may_have"
            ]
        )
