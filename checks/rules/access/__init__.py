"""Rules for the custom resource that makes access, from CloudFormation through the framework to the bootstrap function,
and for the functions beside it."""

from checks.rule import Rule
from checks.rules.access import calls, chain, spec

RULES: tuple[Rule, ...] = (*chain.RULES, *spec.RULES, *calls.RULES)
