"""Rules for the custom resource that makes access, from CloudFormation through the framework to the bootstrap function,
and for the functions beside it."""

from keyless_checks.rule import Rule
from keyless_checks.rules.access import calls, chain, spec, temporary

RULES: tuple[Rule, ...] = (*chain.RULES, *spec.RULES, *calls.RULES, *temporary.RULES)
