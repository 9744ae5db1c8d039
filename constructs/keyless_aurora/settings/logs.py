"""How long logs are kept, and what becomes of them when their stack is deleted."""

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from keyless_aurora.settings.checked import settings


@settings
class LogRetention:
    retention: logs.RetentionDays
    removal_policy: cdk.RemovalPolicy


def log_problems(settings: LogRetention) -> Iterator[str]:
    if settings.retention == logs.RetentionDays.INFINITE:
        yield "logs.retention: INFINITE keeps logs for ever; allowed: a number of days, months or years"
    if settings.removal_policy not in (cdk.RemovalPolicy.DESTROY, cdk.RemovalPolicy.RETAIN):
        yield (
            f"logs.removal_policy: {settings.removal_policy.name} is not a valid policy of a log group; allowed: "
            "DESTROY, RETAIN"
        )
