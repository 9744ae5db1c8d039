"""On what a role may use its actions, by what uses it: patterns for the resources in readable form.

`{log}`, `{account}` and `{region}` stand for the user's own log group and the environment's place; `{of_bootstrap}` for
the bootstrap function. Sessions and secrets have rules of their own, which compare them with the access spec."""

import re

from keyless_checks.reading.roles import Kind

_OWN_LOG = {"logs": r"{log}\.Arn"}
_MONITORING_LOG = r"arn:aws:logs:{region}:{account}:log-group:RDSOSMetrics(:log-stream:)?(:?\*)?"

RESOURCES: dict[Kind, dict[str, str]] = {
    Kind.BOOTSTRAP: _OWN_LOG,
    Kind.ROTATION: _OWN_LOG,
    Kind.YOURS: _OWN_LOG,
    Kind.AGENT: {**_OWN_LOG, "ecr": r"arn:aws:ecr:{region}:{account}:repository/[^*]+|[^*]+\.Arn|\*"},
    Kind.WATCH: {**_OWN_LOG, "events": r"arn:aws:events:{region}:{account}:event-bus/default"},
    Kind.FRAMEWORK: {**_OWN_LOG, "lambda": r"{of_bootstrap}\.Arn(:\*)?"},
    Kind.DEFAULT_GROUP: {
        **_OWN_LOG,
        "ec2": r"arn:aws:ec2:{region}:{account}:security-group/[^*]+\.DefaultSecurityGroup",
    },
    Kind.FLOW_LOGS: {"logs": r"{log}\.Arn"},
    Kind.MONITORING: {"logs": _MONITORING_LOG},
    Kind.PIPELINE: {
        "sts": r"arn:aws:iam::{account}:role/cdk-[a-z0-9]+-(deploy|file-publishing)-role-{account}-{region}",
        "cloudformation": r"arn:aws:cloudformation:{region}:{account}:stack/[^*/]+/\*",
    },
}


def pattern(kind: Kind, service: str, **named: str) -> re.Pattern[str] | None:
    """For that service's actions; None where another rule decides."""
    found = RESOURCES.get(kind, {}).get(service)
    return None if found is None else re.compile(found.format(**{key: re.escape(text) for key, text in named.items()}))
