"""Roles that exist, and log in as the users of the access spec that name them (`iam_role`)."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import User
from keyless_aurora.acknowledge import NIST, acknowledge
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation

_INLINE = (
    "The role isn't this app's: an inline policy belongs to it and to this stack alone, goes with the stack, and can't "
    "be attached to another role. Without the right there is nothing in it."
)


class RolesStack(cdk.Stack):
    """Adds to each role the right to log in as its users, and nothing else; the role stays its owner's.

    Raises SpecError when no user of the spec names a role.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        foundation: Foundation,
        *,
        name: str = "roles",
        pattern: Pattern | None = None,
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-{name}",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: rights of roles that exist",
        )
        spec = foundation.access.spec
        named = [user for user in spec.users if user.iam_role]
        if not named:
            raise SpecError(
                ["users: none names an iam_role, so that stack 'roles' is empty; allowed: one, or no such stack"]
            )
        roles = {
            arn: iam.Role.from_role_arn(self, _id(arn), arn) for arn in dict.fromkeys(_arn(user) for user in named)
        }
        for role in roles.values():
            acknowledge(role, NIST + "IAMNoInlinePolicy", _INLINE)
        for user in named:
            foundation.access.grant(
                roles[_arn(user)],
                user=user.username,
                database=next(iter(spec.connectable(user)), spec.databases[0].name),
                pattern=pattern,
            )


def _arn(user: User) -> str:
    return user.iam_role or ""


def _id(arn: str) -> str:
    """By its name, which an account has once."""
    return f"Role-{arn.rpartition('/')[2]}"
