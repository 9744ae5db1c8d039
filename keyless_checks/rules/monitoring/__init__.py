"""Rules for alarms and for where they go: each measures something that exists and notifies somebody, and nobody else
can publish to that topic."""

from keyless_checks.rule import Rule
from keyless_checks.rules.monitoring import alarms, dashboards, dimensions, topics, values

RULES: tuple[Rule, ...] = (
    *alarms.RULES,
    *dimensions.RULES,
    *topics.RULES,
    *values.RULES,
    *dashboards.RULES,
)
