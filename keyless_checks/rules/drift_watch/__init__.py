"""Rules for the drift watch: it reads each database, can do nothing else, what it finds gets to people, and its silence
is noticed."""

from keyless_checks.rule import Rule
from keyless_checks.rules.drift_watch import report, schedule

RULES: tuple[Rule, ...] = (
    *schedule.RULES,
    *report.RULES,
)
