"""Rules for clusters and instances: no password anywhere, IAM logins over TLS, encrypted, logged, with room to
scale."""

from keyless_checks.rule import Rule
from keyless_checks.rules.database import configuration, data, logins, logs, names, schedule

RULES: tuple[Rule, ...] = (
    *logins.RULES,
    *data.RULES,
    *logs.RULES,
    *configuration.RULES,
    *schedule.RULES,
    *names.RULES,
)
