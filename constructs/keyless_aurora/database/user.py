"""Who may open a database session as whom: `rds-db:connect` on exactly one user of one cluster or proxy."""

from collections.abc import Iterable

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import unnameable


def connect_statement(scope: Construct, resource_id: str, users: Iterable[str]) -> iam.PolicyStatement:
    """Allow sessions as `users` on the cluster (`cluster-…`) or proxy (`prx-…`) with that resource id.

    Raises:
        SpecError: when a policy can't name exactly these users.
    """
    names = list(users)
    if problems := [problem for name in names if (problem := unnameable(name))]:
        raise SpecError(problems)
    return iam.PolicyStatement(actions=["rds-db:connect"], resources=[_arn(scope, resource_id, name) for name in names])


def _arn(scope: Construct, resource_id: str, user: str) -> str:
    return Stack.of(scope).format_arn(
        service="rds-db",
        resource="dbuser",
        resource_name=f"{resource_id}/{user}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
