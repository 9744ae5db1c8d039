"""Rules for who logs in as whom: what a function is told and what it is allowed are the same, and both are the access
spec's."""

from keyless_checks.rule import Rule
from keyless_checks.rules.sessions import existing, functions, proxies, variables

RULES: tuple[Rule, ...] = (*functions.RULES, *proxies.RULES, *existing.RULES, *variables.RULES)
