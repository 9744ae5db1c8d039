"""How long logs are kept, and what becomes of them when their stack is deleted."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct


@dataclass(frozen=True)
class LogKeeping:
    retention: logs.RetentionDays
    removal_policy: cdk.RemovalPolicy

    def group(self, scope: Construct, id: str, name: str | None = None) -> logs.LogGroup:
        """A log group of our own: what a service or Lambda would create has no retention."""
        return logs.LogGroup(scope, id, log_group_name=name, retention=self.retention, removal_policy=self.removal_policy)
