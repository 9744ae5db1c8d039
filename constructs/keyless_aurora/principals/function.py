"""A function that is given access, whoever made it: one of ours, or any `aws_lambda.Function` in a VPC."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self, cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from keyless_aurora.budget.connections import RESERVED_CONCURRENCY
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.platform import ARCHITECTURE, RUNTIME
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.security_group import Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals.groups import ForeignGroup, elsewhere
from keyless_aurora.principals.principal import Held

AnyFunction = VpcFunction | lambda_.Function
_DEFAULT_SECONDS: Final = 3.0
"""AWS::Lambda::Function, Timeout."""


@dataclass(frozen=True)
class FunctionPrincipal:
    """Each of its environments holds one connection, so that what is reserved for it is what it holds."""

    scope: Construct
    function: lambda_.Function
    role: iam.IRole
    security_group: Peer
    held: Held
    one_user: ClassVar[bool] = True
    logs_in: ClassVar[bool] = True

    @classmethod
    def of(cls, function: AnyFunction) -> Self:
        if isinstance(function, VpcFunction):
            held = _reserved(function.max_concurrency)
            return cls(function, function.function, function.role, function.security_group, held)
        group, role = ForeignGroup(function.connections.security_groups[0]), cast(iam.IRole, function.role)
        reserved = cast(lambda_.CfnFunction, function.node.default_child).reserved_concurrent_executions
        return cls(function, function, role, group, _reserved(None if reserved is None else int(reserved)))

    @property
    def seconds(self) -> float:
        """Its timeout."""
        return self.function.timeout.to_seconds() if self.function.timeout else _DEFAULT_SECONDS

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """By its variables and a layer."""
        if client is not None:
            self.function.add_layers(client.of(self.scope))
        for name, value in settings.items():
            self.function.add_environment(name, value)


def _reserved(concurrency: int | None) -> Held:
    return Held(concurrency, RESERVED_CONCURRENCY)


def problems(function: AnyFunction, network: Network, connections: int | None) -> Iterator[str]:
    """Why it can't be given access, whatever the access: a sentence each."""
    if connections is not None:
        yield "connections: a function holds one in each of its environments; allowed: none here, and max_concurrency"
    if isinstance(function, VpcFunction):
        yield from elsewhere(function, [function.security_group], network)
        return
    if not function.is_bound_to_vpc:
        yield "it is in no VPC, so that nothing leads to the database; allowed: `vpc` and `vpc_subnets` of the network"
    if function.runtime.name != RUNTIME.name or function.architecture.name != ARCHITECTURE.name:
        yield (
            f"it runs {function.runtime.name} on {function.architecture.name}, and the client's layer is built for "
            f"another; allowed: {RUNTIME.name} on {ARCHITECTURE.name}"
        )
    if function.is_bound_to_vpc:
        groups: list[IConstruct] = [*function.connections.security_groups]
        yield from elsewhere(function, groups, network)
