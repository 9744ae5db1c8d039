"""Log groups: all of an environment's are kept as its settings say, and share a key."""

from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from keyless_aurora.settings.logs import LogRetention


@dataclass(frozen=True)
class LogGroups:
    """Makes groups that are kept as `retention` says, encrypted with `key`."""

    retention: LogRetention
    key: kms.IKey

    @classmethod
    def encrypted(cls, scope: Construct, id: str, retention: LogRetention) -> Self:
        """With a key of their own in `scope`, which groups of every stack may use."""
        key = kms.Key(
            scope,
            id,
            enable_key_rotation=True,
            removal_policy=retention.removal_policy,
            description="Encrypts log groups",
        )
        stack = cdk.Stack.of(scope)
        groups = stack.format_arn(
            service="logs", resource="log-group", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        # A key policy: `*` is this key. CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using KMS".
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                resources=["*"],  # that of the region, as it says
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                    "kms:GenerateDataKey",
                    "kms:GenerateDataKeyWithoutPlaintext",
                    "kms:DescribeKey",
                ],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )
        return cls(retention, key)

    def group(self, scope: Construct, id: str, name: str | None = None) -> logs.LogGroup:
        """A log group of our own: what a service or Lambda would create has no retention."""
        return logs.LogGroup(
            scope,
            id,
            log_group_name=name,
            retention=self.retention.retention,
            removal_policy=self.retention.removal_policy,
            encryption_key=self.key,
        )
