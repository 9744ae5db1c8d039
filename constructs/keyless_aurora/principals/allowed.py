"""What can be given access: every kind, once."""

from collections.abc import Iterator

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from db_access.spec import User
from keyless_aurora.containers.service import VpcService
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals import bastion, function, role, servers, service
from keyless_aurora.principals.bastion import BastionPrincipal
from keyless_aurora.principals.function import FunctionPrincipal
from keyless_aurora.principals.principal import Principal
from keyless_aurora.principals.role import RolePrincipal
from keyless_aurora.principals.servers import ServersPrincipal
from keyless_aurora.principals.service import ServicePrincipal
from keyless_aurora.servers.bastion import Bastion
from keyless_aurora.servers.servers import VpcServers

Grantable = function.AnyFunction | service.AnyService | servers.AnyServers | iam.IRole
_ALLOWED = (
    "a VpcFunction, an aws_lambda.Function, a VpcService, an aws_ecs.FargateService, VpcServers, an aws_ec2.Instance, "
    "an aws_autoscaling.AutoScalingGroup, a Bastion, or a role"
)
_SERVERS = VpcServers | ec2.Instance | autoscaling.AutoScalingGroup


def problems(
    given: Grantable,
    network: Network,
    user: User | None,
    database: str,
    *,
    group: ec2.ISecurityGroup | None = None,
    connections: int | None = None,
) -> Iterator[str]:
    """Why `given` can't be given access, whatever the database says: a sentence each.

    Args:
        user: of the spec; None: it has none of that name.
        group: where a role's processes are.
        connections: what each of its processes holds at most, or, of a role, all of them.
    """
    if connections is not None and connections < 1:
        yield f"connections: {connections} would never let it connect; allowed: 1 or more, or None"
    if group is not None and not role.is_role(given):
        yield "security_group: it has its own; allowed: none here, which only a role has"
    if isinstance(given, VpcFunction | lambda_.Function):
        yield from function.problems(given, network, connections)
    elif isinstance(given, VpcService | ecs.FargateService):
        yield from service.problems(given, network)
    elif isinstance(given, Bastion):
        yield from bastion.problems(given, network, user)
    elif isinstance(given, _SERVERS):
        yield from servers.problems(given, network, user=user.username if user else "x", database=str(database))
    elif role.is_role(given):
        yield from role.problems(given, user, password=bool(user and user.auth_method == "password"))
    else:
        yield f"a {type(given).__name__} can't be given access; allowed: {_ALLOWED}"


def principal(given: Grantable, group: ec2.ISecurityGroup | None, connections: int | None) -> Principal:
    """Of what `problems` finds nothing wrong with."""
    if isinstance(given, VpcFunction | lambda_.Function):
        return FunctionPrincipal.of(given)
    if isinstance(given, VpcService | ecs.FargateService):
        return ServicePrincipal.of(given, connections)
    if isinstance(given, Bastion):
        return BastionPrincipal.of(given, connections)
    if isinstance(given, _SERVERS):
        return ServersPrincipal.of(given, connections)
    return RolePrincipal.of(given, group, connections)
