"""Rules for who logs in as whom: what a function is told and what it is allowed are the same, and both are the access
spec's."""

from checks.rule import Rule
from checks.rules.sessions import functions, proxies, variables

RULES: tuple[Rule, ...] = (*functions.RULES, *proxies.RULES, *variables.RULES)
