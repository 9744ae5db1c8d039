"""The access spec, carried out in the database by the bootstrap function."""

from functools import partial

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from keyless_aurora.access.database_access import DatabaseAccess
from keyless_aurora.access.engine_function import WAITS_FOR_THE_DATABASE, EngineFunction
from keyless_aurora.access.on_mysql import refuse_untranslatable
from keyless_aurora.access.rotation import Rotation
from keyless_aurora.access.runs import runs
from keyless_aurora.access.temporary_grants import TemporaryGrants, needed
from keyless_aurora.database.database import Database
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.logs import LogGroups
from keyless_aurora.monitoring.drift_watch import DriftWatch
from keyless_aurora.network.vpc import Network
from keyless_aurora.secrets.user_secrets import UserSecrets
from keyless_aurora.settings.environment import Environment

_LOOKS = 4
"""Of the drift watch at once, where nothing reserves one: at different databases they begin a minute apart, and a
function has three."""


def watch_sessions(environment: Environment, spec: AccessSpec) -> int:
    """How many the drift watch may hold at once."""
    looks = [*runs(spec, environment.database.engine.family)]
    return 1 if environment.maintenance_reserved else min(len(looks), _LOOKS)


class AccessStack(cdk.Stack):
    """`engine`: its functions that log in to the database; of them, `rotation` is there only with secrets to rotate.

    `framework` is the CDK's function in front of `bootstrap`.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        *,
        spec: AccessSpec,
        network: Network,
        database: Database,
        secrets: UserSecrets | None,
        bootstrap: PythonBundle,
        client: ClientLayer,
        logs: LogGroups,
        approved: Approved | None = None,
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-access",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: databases, schemas, users and grants",
        )
        refuse_untranslatable(spec, [database.engine])
        self._reserved = environment.maintenance_reserved
        self._make = partial(
            EngineFunction,
            self,
            network=network,
            database=database,
            bundle=bootstrap,
            client=client,
            logs=logs,
            reserved=self._reserved,
        )
        self.bootstrap = self._make(
            "Bootstrap",
            handler="db_access.handler.on_event",
            description="Bootstrap function",
            sessions=2,
            secrets=secrets,
            watch=environment.monitoring.watch_user,
            timeout=WAITS_FOR_THE_DATABASE,
        )
        self.engine = [self.bootstrap]
        access = DatabaseAccess(
            self,
            "Access",
            spec=spec,
            database=database,
            secrets=secrets,
            function=self.bootstrap,
            logs=logs,
            protected=environment.protected,
            approved=approved,
        )
        self.spec, self.framework = access.spec, access.framework
        self.watch, self.rotation = self._watch(environment, self.spec, database, access), None
        if needed(self.spec):
            self._end_temporary_grants(database, access)
        if secrets and secrets.made:
            self.rotation = self._rotate(secrets, database, environment.rotation_days, access)
        cdk.CfnOutput(self, "BootstrapFunctionName", value=self.bootstrap.function.function_name)

    def _watch(
        self, environment: Environment, spec: AccessSpec, database: Database, access: DatabaseAccess
    ) -> EngineFunction:
        function = self._make(
            "Watch",
            handler="db_access.watch.handler",
            description="Drift watch function",
            sessions=watch_sessions(environment, spec),
            user=environment.monitoring.watch_user,
        )
        self.engine.append(function)
        watch = DriftWatch(
            self,
            "DriftWatch",
            spec=spec,
            database=database,
            function=function,
            namespace=environment.metrics,
            hours=environment.monitoring.watch_hours,
        )
        for part in (function.function, watch):
            part.node.add_dependency(*filter(None, [access.last]))  # what isn't there yet, or no longer, would be drift
        return function

    def _end_temporary_grants(self, database: Database, access: DatabaseAccess) -> None:
        grants = TemporaryGrants(
            self,
            "TemporaryGrants",
            spec=self.spec,
            database=database,
            function=self.bootstrap,
            handed_over=access.announced,
        )
        grants.node.add_dependency(*filter(None, [access.last]))

    def _rotate(self, secrets: UserSecrets, database: Database, days: int, access: DatabaseAccess) -> EngineFunction:
        function = self._make(
            "Rotate",
            handler="db_access.rotation.handler",
            description="Rotation function",
            sessions=1 if self._reserved else len(secrets.made),
            as_each=database.master_secret is not None,
        )
        self.engine.append(function)
        rotation = Rotation(
            self, "Rotation", secrets=secrets, function=function, managed_by=self.spec.managed_by, days=days
        )
        rotation.node.add_dependency(access)  # a rotation needs the users
        return function
