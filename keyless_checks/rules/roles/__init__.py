"""Rules for roles: exact resources, sessions as named users only, what a function in the network can't do
without, and all of it in time."""

from keyless_checks.rule import Rule
from keyless_checks.rules.roles import actions, functions, order, resources, rights, trust

RULES: tuple[Rule, ...] = (
    *actions.RULES,
    *resources.RULES,
    *rights.RULES,
    *functions.RULES,
    *trust.RULES,
    *order.RULES,
)
