"""Rights to secrets and their keys, in the policy of whoever gets them."""

from collections.abc import Iterable, Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

_ARNS_PER_STATEMENT = 19
"""The CDK splits a policy that is too long between statements, not within one."""


def allow(role: iam.IRole, actions: Iterable[str], arns: Sequence[str]) -> None:
    for start in range(0, len(arns), _ARNS_PER_STATEMENT):
        role.add_to_principal_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(arns[start : start + _ARNS_PER_STATEMENT]))
        )


def let_decrypt(role: iam.IRole, key: kms.IKey, *more: str) -> None:
    """Through Secrets Manager only. In the role's policy: a grant would edit the key's, and tie the stacks to each
    other."""
    service = f"secretsmanager.{Stack.of(key).region}.amazonaws.com"
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt", *more],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": service}},
        )
    )
