"""All stacks of one environment, connected and tagged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from keyless_aurora.access.temporary_grants import refuse_needed
from keyless_aurora.access.watch_user import refuse_unfit
from keyless_aurora.budget.connections import Budget
from keyless_aurora.engines.family import Family
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.own_bundles import client_of
from keyless_aurora.functions.platform import LambdaPlatform
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.removal import keep_once_made
from keyless_aurora.settings import naming
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.problems import environment_problems
from keyless_aurora.settings.workload import unknown_workloads
from keyless_aurora.stacks.access import AccessStack, watch_sessions
from keyless_aurora.stacks.budget import budget_of
from keyless_aurora.stacks.database import DatabaseStack
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.stacks.making import Making
from keyless_aurora.stacks.monitoring import MonitoringStack
from keyless_aurora.stacks.network import NetworkStack
from keyless_aurora.stacks.pipeline import PipelineStack

OwnStack = Callable[[Construct, Environment, Foundation], cdk.Stack]
"""Makes a stack of the app's own in an environment: a class whose constructor takes these, or a function."""


@dataclass(frozen=True)
class Deployment:
    network: NetworkStack
    database: DatabaseStack
    access: AccessStack | None
    """None where no engine of this project makes users."""
    own: tuple[cdk.Stack, ...]
    monitoring: MonitoringStack
    pipeline: PipelineStack | None
    budget: Budget

    @property
    def stacks(self) -> tuple[cdk.Stack, ...]:
        """In the order they are deployed."""
        access = (self.access,) if self.access else ()
        always = (self.network, self.database, *access, *self.own, self.monitoring)
        return (*always, self.pipeline) if self.pipeline else always


_PROBES: Final = "verify"


def build(
    scope: Construct,
    environment: Environment,
    spec: AccessSpec,
    platform: LambdaPlatform,
    own: Sequence[OwnStack],
    *,
    approved: Approved | None = None,
) -> Deployment:
    """The stacks of `environment` in `scope`, with the app's `own`; bundles are built for `platform`.

    Args:
        approved: what alone may be done in the database, where the environment needs an approval.

    Raises:
        SpecError: when the spec contradicts itself or what the stacks ask of it.
        SettingsError: when the environment's settings do.
    """
    _refuse(environment, (*environment_problems(environment), *_approval(environment, approved)))
    _refuse_unfit(environment, spec)
    making = Making(scope, environment, spec)
    client = ClientLayer(client_of(environment.database.engine.family), platform)
    network = NetworkStack(scope, environment)
    database = DatabaseStack(scope, environment, spec=spec, network=network.network, logs=network.logs)
    access = making.access(network, database, client, approved)
    clients = making.clients(network, database, client)
    made = _own(scope, environment, Foundation(network.network, clients, network.logs, platform), own)
    for stack in made:
        # The users must exist before the functions that log in as them, where anybody here makes them.
        stack.add_stack_dependency(access or database)
    clients.refuse()
    _refuse(environment, unknown_workloads(environment.workloads, {*_functions(made)}))
    budget = budget_of(environment, spec, clients.granted, access.engine if access else ())
    monitoring = making.monitoring(database, access, clients, budget)
    pipeline = making.pipeline([network, database, *filter(None, [access]), *made, monitoring])
    deployment = Deployment(network, database, access, made, monitoring, pipeline, budget)
    for stack in deployment.stacks:
        _tag(stack, environment)
        keep_once_made(stack)
    return deployment


def _refuse_unfit(environment: Environment, spec: AccessSpec) -> None:
    """Raises SpecError when the spec asks for what the engine can't, or its drift watch isn't as it must be."""
    engine = environment.database.engine
    if engine.by_secret:
        refuse_needed(spec, engine)
    else:
        sessions = watch_sessions(environment, spec)
        refuse_unfit(spec, environment.monitoring.watch_user, sessions, at=made_at(environment))


def _own(scope: Construct, environment: Environment, on: Foundation, own: Sequence[OwnStack]) -> tuple[cdk.Stack, ...]:
    """Raises SettingsError when one isn't named as the environment's stacks are: no gate would find it."""
    made = tuple(make(scope, environment, on) for make in own)
    begin = f"{environment.prefix}-"
    _refuse(
        environment,
        (
            f"stack {stack.stack_name!r}: its name belongs to no environment; allowed: {begin} and one word, but not "
            f"{_PROBES}, which `keyless verify` makes and removes"
            for stack in made
            if "-" in (word := stack.stack_name.removeprefix(begin)) or word in (stack.stack_name, _PROBES)
        ),
    )
    return made


def _functions(stacks: Iterable[cdk.Stack]) -> Iterator[str]:
    for stack in stacks:
        yield from (node.node.id for node in stack.node.find_all() if isinstance(node, VpcFunction))


def _refuse(environment: Environment, found: Iterable[str]) -> None:
    if problems := list(found):
        raise SettingsError(environment.name, problems, at=made_at(environment))


def _approval(environment: Environment, approved: Approved | None) -> Iterator[str]:
    if environment.approval and (engine := environment.database.engine).family is not Family.POSTGRESQL:
        yield f"approval: True is for PostgreSQL alone so far, and the database is {engine.label}; allowed: False"
    elif environment.approval and approved is None:
        yield (
            f"approval: nothing is approved; allowed: config/approved/{environment.name}.json, as `keyless approve` "
            "writes it (docs/approval.md), or approval=False"
        )


def _tag(stack: cdk.Stack, environment: Environment) -> None:
    # The validator's schema for target groups is too old to know their tags.
    for tag, value in (("application", naming.application(environment.app)), ("environment", environment.name)):
        cdk.Tags.of(stack).add(tag, value, exclude_resource_types=["AWS::RDS::DBProxyTargetGroup"])
