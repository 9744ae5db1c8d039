"""All stacks of one environment, connected and tagged."""

from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.access.watch_user import refuse_unfit
from keyless_aurora.budget.connections import Budget
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.platform import LambdaPlatform
from keyless_aurora.removal import keep_once_made
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.environment import Environment, environment_problems
from keyless_aurora.settings.error import SettingsError
from stacks.access_stack import AccessStack, watch_sessions
from stacks.budget import budget_of
from stacks.database_stack import DatabaseStack
from stacks.monitoring_stack import MonitoringStack
from stacks.network_stack import NetworkStack
from stacks.pipeline_stack import PipelineStack
from stacks.workload_stack import FUNCTIONS, WorkloadStack

_ROOT = Path(__file__).parents[1]
BOOTSTRAP = PythonBundle(root=_ROOT / "bootstrap_lambda", package="db_access")
CLIENT = PythonBundle(root=_ROOT / "client", package="keyless_client", prefix="python")


@dataclass(frozen=True)
class Deployment:
    network: NetworkStack
    database: DatabaseStack
    access: AccessStack
    workload: WorkloadStack
    monitoring: MonitoringStack
    pipeline: PipelineStack | None
    budget: Budget

    @property
    def stacks(self) -> tuple[cdk.Stack, ...]:
        """In the order they are deployed."""
        always = self.network, self.database, self.access, self.workload, self.monitoring
        return (*always, self.pipeline) if self.pipeline else always


def build(scope: Construct, environment: Environment, spec: AccessSpec, platform: LambdaPlatform) -> Deployment:
    """The stacks of `environment` in `scope`, its functions built for `platform`.

    Raises:
        SpecError: when the spec contradicts itself or what the stacks ask of it.
        SettingsError: when the environment's settings do.
    """
    if problems := list(environment_problems(environment, set(FUNCTIONS))):
        raise SettingsError(environment.name, problems, at=made_at(environment))
    sessions = watch_sessions(environment, spec)
    refuse_unfit(spec, environment.monitoring.watch_user, sessions, at=made_at(environment))
    client = ClientLayer(CLIENT, platform)
    network = NetworkStack(scope, environment)
    logs = network.logs
    database = DatabaseStack(scope, environment, spec=spec, network=network.network, logs=logs)
    access = AccessStack(
        scope,
        environment,
        spec=spec,
        network=network.network,
        database=database.database,
        secrets=database.secrets,
        bootstrap=BOOTSTRAP,
        client=client,
        logs=logs,
    )
    clients = ClientAccess(spec, database.database, database.proxy, database.secrets, client, environment.pattern)
    workload = WorkloadStack(scope, environment, network=network.network, access=clients, logs=logs)
    workload.add_stack_dependency(access)  # the users must exist before the functions that log in as them
    clients.refuse()
    budget = budget_of(environment, spec, clients.granted, access.engine)
    monitoring = MonitoringStack(
        scope,
        environment,
        database=database.database,
        proxy=database.proxy,
        access=access,
        budget=budget,
        databases=len(spec.databases),
    )
    monitoring.add_stack_dependency(database)  # whose log group for refused logins it reads by name
    pipeline = None
    if environment.repository:
        names = [stack.stack_name for stack in (network, database, access, workload, monitoring)]
        pipeline = PipelineStack(scope, environment, repository=environment.repository, stacks=names)
    deployment = Deployment(network, database, access, workload, monitoring, pipeline, budget)
    for stack in deployment.stacks:
        _tag(stack, environment)
        keep_once_made(stack)
    return deployment


def _tag(stack: cdk.Stack, environment: Environment) -> None:
    # The validator's schema for target groups is too old to know their tags.
    tags = cdk.Tags.of(stack)
    tags.add("application", "keyless-aurora", exclude_resource_types=["AWS::RDS::DBProxyTargetGroup"])
    tags.add("environment", environment.name, exclude_resource_types=["AWS::RDS::DBProxyTargetGroup"])
