"""Rules for what a template may consist of: lists of what was decided on."""

from checks.rule import Rule
from checks.rules.stacks import content, references

RULES: tuple[Rule, ...] = (*content.RULES, *references.RULES)
