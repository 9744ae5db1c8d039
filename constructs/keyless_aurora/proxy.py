"""RDS Proxy with IAM at both ends: tokens from clients, its own role's tokens to the cluster, no secret between."""

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.cluster import KeylessCluster
from keyless_aurora.database_user import connect_statement
from keyless_aurora.security_group import ClosedSecurityGroup


class KeylessProxy(Construct):
    """A proxy that can connect to `cluster` as exactly the IAM users of the spec, and do nothing else."""

    def __init__(self, scope: Construct, id: str, *, cluster: KeylessCluster, spec: AccessSpec,
                 vpc: ec2.IVpc, security_group: ClosedSecurityGroup) -> None:
        super().__init__(scope, id)
        self.security_group = security_group
        role = self._role(cluster, spec)
        self._proxy = rds.DatabaseProxy(
            self, "Proxy", proxy_target=rds.ProxyTarget.from_cluster(cluster.cluster), role=role,
            default_auth_scheme=rds.DefaultAuthScheme.IAM_AUTH, require_tls=True, debug_logging=False,
            vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[security_group.group])
        self._proxy.node.add_dependency(role)  # the role and its policy: the construct itself waits for neither

    @property
    def endpoint(self) -> str:
        """The host name that clients connect to and sign their tokens for."""
        return self._proxy.endpoint

    @property
    def resource_id(self) -> str:
        """`prx-…`, which IAM policies name it by: the last part of its ARN, not its name."""
        return Fn.select(6, Fn.split(":", self._proxy.db_proxy_arn))

    def _role(self, cluster: KeylessCluster, spec: AccessSpec) -> iam.Role:
        own_account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        role = iam.Role(self, "Role", description="RDS Proxy connects to the cluster with it",
                        assumed_by=iam.ServicePrincipal("rds.amazonaws.com", conditions=own_account))
        for start in range(0, len(_nameable(spec.iam_users)), _USERS_PER_STATEMENT):
            role.add_to_policy(connect_statement(self, cluster.resource_id, spec.iam_users[start : start + _USERS_PER_STATEMENT]))
        return role


_USERS_PER_STATEMENT = 19
"""The CDK splits a policy that is too long (6,144 characters, IAM's quota for a managed policy) between statements, not within one."""
_MOST_USERS = 380
"""What fits into the ten managed policies that IAM attaches to a role by default, with names of up to 63 characters."""


def _nameable(users: tuple[str, ...]) -> tuple[str, ...]:
    """`users`, if one role can name them all. Raises SpecError: a wildcard, which would be shorter, would name others, too."""
    if len(users) > _MOST_USERS:
        raise SpecError([f"users: {len(users)} log in with IAM, and the proxy's role must name each; allowed: at most {_MOST_USERS}, "
                         "by IAM's quota of ten managed policies of 6,144 characters; let several functions share a user"])
    return users
