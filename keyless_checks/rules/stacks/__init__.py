"""Rules for what a template may consist of: lists of what was decided on."""

from keyless_checks.rule import Rule
from keyless_checks.rules.stacks import content, references

RULES: tuple[Rule, ...] = (*content.RULES, *references.RULES)
