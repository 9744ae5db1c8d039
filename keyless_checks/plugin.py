"""The rules as a validation plugin of the CDK: what they find fails the synth and stands in its validation report.

The only module of the package that knows the CDK.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import aws_cdk as cdk
import jsii

from keyless_checks.judged import RULES as NAME
from keyless_checks.reading.own import NOTHING, Own
from keyless_checks.reading.templates import Templates
from keyless_checks.ruleset import RULES, Breach, breaches, name


@jsii.implements(cdk.IPolicyValidationPlugin)
class TemplateRules:
    """Runs every rule on the templates of each environment in the app."""

    def __init__(self, *, bundled: bool = True, own: Own = NOTHING) -> None:
        """`bundled`: whether the bundles are for Lambda, so that they must fit its runtimes. `own`: what the app's own
        stacks may have beside."""
        self._bundled, self._own = bundled, own

    @property
    def name(self) -> str:
        return NAME

    @property
    def version(self) -> str:
        return "1.0.0"

    @property
    def rule_ids(self) -> list[str]:
        return [name(rule) for rule in RULES]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Called by the CDK after the templates are written."""
        files = [Path(template.template_path) for template in context.stack_templates]
        violations = [
            _violation(breach, by_stack)
            for by_stack in environments(files)
            for breach in breaches(self._read(by_stack.values()))
        ]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)

    def _read(self, files: Iterable[Path]) -> Templates:
        there = list(files)
        return Templates.read(there, there[0].parent, bundled=self._bundled, own=self._own)


def environments(files: Iterable[Path]) -> Iterator[dict[str, Path]]:
    """The template files of each environment by stack."""
    for _, group in groupby(sorted(files), key=lambda file: file.name.rpartition("-")[0]):
        yield {file.name.removesuffix(".template.json").rpartition("-")[2]: file for file in group}


def _violation(breach: Breach, by_stack: dict[str, Path]) -> cdk.PolicyViolation:
    stack, _, path = breach.finding.path.partition("/")
    file = by_stack[stack]
    where = cdk.PolicyViolatingResource(
        construct_path=f"{file.name.removesuffix('.template.json')}/{path}", template_path=str(file), locations=[]
    )
    return cdk.PolicyViolation(
        rule_name=breach.rule,
        description=breach.finding.problem,
        fix=breach.title,
        severity="error",
        violating_resources=[where],
    )
