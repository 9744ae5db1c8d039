"""Rules for roles: exact resources, sessions as named users only, and what a function in the network can't do
without."""

from checks.rule import Rule
from checks.rules.roles import functions, rights, trust

RULES: tuple[Rule, ...] = (
    *rights.RULES,
    *functions.RULES,
    *trust.RULES,
)
