"""Rules for load balancers, the one way in from outside: how they listen, what they write down, and whom they reach."""

from keyless_checks.rule import Rule
from keyless_checks.rules.load_balancers import listeners, logs, places

RULES: tuple[Rule, ...] = (*listeners.RULES, *places.RULES, *logs.RULES)
