"""The CDK's validator with the project's cfn-guard rules, asked about no templates that it has passed before.

It takes two seconds to start and 0.3 for each template, most of a synth. What it said is found by all that it goes by:
the templates, their account and region, the rules, the CDK, and this module. What it refused isn't kept.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import aws_cdk as cdk
import jsii

from keyless_checks.judged import VALIDATOR
from keyless_checks.validator import validator


class Verdicts(Protocol):
    """Where verdicts are kept, and none is found that somebody else could have written."""

    def key(self, kind: str, *parts: str | bytes) -> str: ...

    def take(self, name: str) -> bytes | None: ...

    def keep(self, name: str, content: bytes) -> None: ...


@jsii.implements(cdk.IPolicyValidationPlugin)
class Validator:
    """Stands in the report as the validator does. The app must not have the CDK's own beside it."""

    def __init__(self, rules: Sequence[cdk.ValidationRuleSource], verdicts: Verdicts) -> None:
        self._rules, self._verdicts = rules, verdicts
        self._version: str | None = None

    @property
    def name(self) -> str:
        return VALIDATOR

    @property
    def version(self) -> str | None:
        """The validator's, known once it has judged."""
        return self._version

    @property
    def rule_ids(self) -> list[str] | None:
        """The CDK counts them only."""
        return None

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Called by the CDK after the templates are written."""
        stacks = context.stack_templates
        key = self._verdicts.key("verdict", *_engine(), *_of_rules(self._rules), *_of_stacks(stacks))
        paths = [stack.template_path for stack in stacks]
        if said := self._verdicts.take(key):
            document = json.loads(said)
            self._version = document["version"]
            return cdk.PolicyValidationPluginReport(success=True, violations=_violations(document, paths))
        judge = validator(self._rules)
        report, self._version = judge.validate(context), judge.version
        if report.success:
            self._verdicts.keep(key, json.dumps(_document(report, self._version, paths)).encode())
        return report


def _engine() -> Iterable[bytes]:
    yield Path(__file__).read_bytes()
    for library in sorted(files("aws_cdk._jsii").iterdir(), key=lambda file: file.name):
        if library.name.endswith(".tgz"):
            yield hashlib.sha256(library.read_bytes()).digest()


def _of_rules(rules: Iterable[cdk.ValidationRuleSource]) -> Iterable[str]:
    for rule in rules:
        yield from (rule.name, rule.content)


def _of_stacks(stacks: Iterable[cdk.PolicyValidationStack]) -> Iterable[str | bytes]:
    for stack in stacks:
        yield from (stack.stack_construct_path, stack.account_id or "", stack.region or "")
        yield Path(stack.template_path).read_bytes()


def _document(report: cdk.PolicyValidationPluginReport, version: str | None, paths: list[str]) -> dict[str, Any]:
    """The report, with the number of a template instead of its path, which is another in each run."""
    violations = [
        {
            "rule_name": violation.rule_name,
            "description": violation.description,
            "severity": violation.severity,
            "fix": violation.fix,
            "rule_metadata": dict(violation.rule_metadata or {}),
            "violating_resources": [_resource(resource, paths) for resource in violation.violating_resources],
        }
        for violation in report.violations
    ]
    return {"version": version, "violations": violations}


def _resource(resource: cdk.PolicyViolatingResource, paths: list[str]) -> dict[str, Any]:
    return {
        "resource_logical_id": resource.resource_logical_id,
        "construct_path": resource.construct_path,
        "locations": list(resource.locations),
        "template": paths.index(resource.template_path) if resource.template_path else None,
    }


def _violations(document: dict[str, Any], paths: list[str]) -> list[cdk.PolicyViolation]:
    return [
        cdk.PolicyViolation(**{**said, "violating_resources": [_at(at, paths) for at in said["violating_resources"]]})
        for said in document["violations"]
    ]


def _at(said: dict[str, Any], paths: list[str]) -> cdk.PolicyViolatingResource:
    number = said["template"]
    path = None if number is None else paths[number]
    return cdk.PolicyViolatingResource(
        locations=said["locations"],
        construct_path=said["construct_path"],
        resource_logical_id=said["resource_logical_id"],
        template_path=path,
    )
