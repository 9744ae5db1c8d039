"""Rules for alarms and for where they go: each measures something that exists and notifies somebody, and nobody else
can publish to that topic."""

from checks.rule import Rule
from checks.rules.monitoring import alarms, dashboards, dimensions, topics, values

RULES: tuple[Rule, ...] = (
    *alarms.RULES,
    *dimensions.RULES,
    *topics.RULES,
    *values.RULES,
    *dashboards.RULES,
)
