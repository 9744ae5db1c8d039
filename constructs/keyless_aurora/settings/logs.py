"""How long logs are kept, and what becomes of them when their stack is deleted."""

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.settings.checked import settings

_DAYS: Final = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Of the CDK's names, in their order: CloudWatch Logs API, PutRetentionPolicy."""


@settings
class LogRetention:
    retention: logs.RetentionDays
    removal_policy: cdk.RemovalPolicy

    @property
    def days(self) -> int:
        """For what isn't a log group."""
        return dict(zip(logs.RetentionDays, _DAYS, strict=False))[self.retention]


def log_problems(settings: LogRetention) -> Iterator[str]:
    if settings.retention == logs.RetentionDays.INFINITE:
        yield "logs.retention: INFINITE keeps logs for ever; allowed: a number of days, months or years"
    if settings.removal_policy not in (cdk.RemovalPolicy.DESTROY, cdk.RemovalPolicy.RETAIN):
        yield (
            f"logs.removal_policy: {settings.removal_policy.name} is not a valid policy of a log group; allowed: "
            "DESTROY, RETAIN"
        )
