"""The role of RDS Proxy: it may connect to the database as exactly these users."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from db_access.errors import SpecError
from keyless_aurora.acknowledge import acknowledge_inline
from keyless_aurora.database.database import Database
from keyless_aurora.database.user import connect_statement

_USERS_PER_STATEMENT = 19
"""The CDK splits a policy that is too long (6,144 characters, IAM's quota for a managed policy) between statements, not
within one."""
_MOST_USERS = 380
"""What fits into the ten managed policies that IAM attaches to a role by default, with names of up to 63 characters."""


def proxy_role(scope: Construct) -> iam.Role:
    """A role that RDS Proxy may take, and that may do nothing yet.

    Trusted by RDS with no condition, as in each of AWS's examples for a proxy: none says that a proxy sends
    aws:SourceAccount, and one that doesn't could never log in. Another account can't use it for a proxy of its own: a
    role is passed within its account only (IAM User Guide, iam:PassRole).
    """
    role = iam.Role(
        scope,
        "Role",
        description="RDS Proxy connects to the database with it",
        assumed_by=iam.ServicePrincipal("rds.amazonaws.com"),
    )
    acknowledge_inline(role)
    return role


def allow_users(role: iam.Role, database: Database, users: tuple[str, ...]) -> None:
    """Let `role` connect as exactly these. Raises SpecError when one role can't name them all."""
    for start in range(0, len(_nameable(users)), _USERS_PER_STATEMENT):
        role.add_to_policy(connect_statement(role, database.resource_id, users[start : start + _USERS_PER_STATEMENT]))


def _nameable(users: tuple[str, ...]) -> tuple[str, ...]:
    """`users`, if one role can name them all. Raises SpecError: a wildcard, which would be shorter, would name others,
    too."""
    if len(users) > _MOST_USERS:
        raise SpecError(
            [
                f"users: {len(users)} log in with IAM, and the proxy's role must name each; allowed: at most "
                f"{_MOST_USERS}, by IAM's quota of ten managed policies of 6,144 characters; let several functions "
                "share a user"
            ]
        )
    return users
