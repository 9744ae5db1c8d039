"""A role that is given access itself: one that exists, for whoever may take it, or one that the app makes for what the
CDK doesn't place in the network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self, cast

from aws_cdk import ArnFormat, Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from db_access.spec import User
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import Peer
from keyless_aurora.principals.groups import ForeignGroup
from keyless_aurora.principals.principal import Held

_OF_IDENTITY_CENTER: Final = "aws-reserved/sso.amazonaws.com/"
"""The path of the roles that IAM Identity Center makes for permission sets."""


@dataclass(frozen=True)
class RolePrincipal:
    """It gets the right alone: nobody is told anything, and a path is opened only from a group that is named."""

    scope: Construct
    role: iam.IRole
    security_group: Peer | None
    held: Held
    seconds: ClassVar[None] = None
    one_user: ClassVar[bool] = False
    logs_in: ClassVar[bool] = True

    @classmethod
    def of(cls, role: iam.IRole, group: ec2.ISecurityGroup | None, connections: int | None) -> Self:
        return cls(cast(Construct, role), role, ForeignGroup(group) if group else None, Held(connections, "its pools"))

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """Nobody knows who takes it: who does, reads the settings where they are documented."""


def is_role(given: object) -> bool:
    """`iam.IRole` is an interface of jsii, which no `isinstance` knows."""
    return hasattr(given, "role_arn") and hasattr(given, "add_to_principal_policy")


def problems(role: iam.IRole, user: User | None, *, password: bool) -> Iterator[str]:
    """Why it can't be given access as `user`: a sentence each. `password`: whether the user logs in with one."""
    if isinstance(role, iam.Role):
        return
    stack = Stack.of(role)
    arn = str(stack.resolve(role.role_arn)) if Token.is_unresolved(role.role_arn) else role.role_arn
    if _OF_IDENTITY_CENTER in arn:
        yield (
            f"role {arn} is IAM Identity Center's, which alone can change it; allowed: the policy of "
            "docs/workloads.md in its permission set"
        )
    if user is not None and user.iam_role != arn:
        named = f"names {user.iam_role}" if user.iam_role else "names no iam_role"
        yield (
            f"user {user.username!r} {named} in the spec, and role {arn} exists for others, too; allowed: the role "
            f"that the spec names, or `iam_role: {arn}` there"
        )
    account = stack.split_arn(role.role_arn, ArnFormat.SLASH_RESOURCE_NAME).account
    if not Token.is_unresolved(stack.account) and account != stack.account:
        yield (
            f"role {arn} is of another account than the stack's, {stack.account}, and rds-db:connect is given in the "
            "database's own account alone; allowed: a role of that account, which the other one's may take"
        )
    if password:
        yield "a role that exists gets no secret of the stacks; allowed: a user with auth_method: iam"
