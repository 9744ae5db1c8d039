"""The CDK's validator, with rules in cfn-guard's language."""

from collections.abc import Iterable
from functools import cache

import aws_cdk as cdk


def validator(rules: Iterable[cdk.ValidationRuleSource]) -> cdk.CloudFormationValidatePlugin:
    """One for the same rules in a process. Its engine takes seconds to start and 160 MB, which no later one gives back:
    at some twenty in a process the next doesn't end."""
    return _made(tuple((rule.name, rule.content) for rule in rules))


@cache
def _made(rules: tuple[tuple[str, str], ...]) -> cdk.CloudFormationValidatePlugin:
    sources = [cdk.ValidationRuleSource(name=name, content=content) for name, content in rules]
    return cdk.CloudFormationValidatePlugin(guard_rules=sources)
