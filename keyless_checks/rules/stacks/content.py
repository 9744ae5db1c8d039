"""Sections, resources, and their properties: nothing but what is listed in keyless_checks/allowed."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.allowed.shapes import EVERYWHERE, SHAPES
from keyless_checks.allowed.types import DECIDED, types_of
from keyless_checks.allowed.values import value_problem
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_SECTIONS = {"AWSTemplateFormatVersion", "Description", "Outputs", "Parameters", "Resources", "Rules"}
_PARAMETERS = {"BootstrapVersion"}
_BESIDE = {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy", "Metadata"}


def sections(templates: Templates) -> Iterator[Finding]:
    """A template is its resources and outputs: no transform rewrites it, no condition leaves anything out, and nobody
    is asked for a value."""
    for stack, template in templates.by_stack.items():
        if unknown := sorted(set(template) - _SECTIONS):
            yield Finding(stack, f"section {', '.join(unknown)}; allowed: {', '.join(sorted(_SECTIONS))}")
        if asked := sorted(set(template.get("Parameters", {})) - _PARAMETERS):
            yield Finding(stack, f"parameter {', '.join(asked)}; allowed: {', '.join(_PARAMETERS)}")
        if not isinstance(template.get("Resources"), dict) or not template["Resources"]:
            yield Finding(stack, "it has no resources")
    for resource in templates.all():
        if unknown := sorted(set(resource.body) - _BESIDE):
            yield Finding(resource.path, f"{', '.join(unknown)} beside its properties; allowed: {', '.join(_BESIDE)}")
        if not isinstance(resource.body.get("Properties", {}), dict):
            yield Finding(resource.path, "its properties are not an object")


def resource_types(templates: Templates) -> Iterator[Finding]:
    """A stack has resources of listed types only (keyless_checks/allowed/types.py, and what the app
    says for yours)."""
    for resource in templates.all():
        allowed = types_of(resource.stack, templates.own)
        if resource.type not in allowed:
            yield Finding(
                resource.path,
                f"nobody decided that stack {resource.stack!r} has an {resource.type}; allowed: "
                f"{', '.join(sorted(allowed))}, or an entry in `own` of the app",
            )


def properties(templates: Templates) -> Iterator[Finding]:
    """A resource has the properties that were decided on, each of its kind, and leaves none of them to AWS
    (keyless_checks/allowed/shapes)."""
    for resource in templates.all():
        if resource.stack in DECIDED or resource.type in EVERYWHERE:
            yield from (Finding(resource.path, problem) for problem in _problems(resource.type, resource.props))


def values(templates: Templates) -> Iterator[Finding]:
    """Where a property is a choice, it has the value that was chosen, or one in AWS's range
    (keyless_checks/allowed/values.py)."""
    for resource in templates.all():
        if resource.stack in DECIDED or resource.type in EVERYWHERE:
            yield from (Finding(resource.path, problem) for problem in _value_problems(resource.type, resource.props))


def _value_problems(name: str, value: Any) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if problem := value_problem(name, key, inner):
            yield problem
        for each in inner if isinstance(inner, list) else [inner]:
            yield from _value_problems(f"{name}.{key}", each)


def _problems(name: str, value: Any) -> Iterator[str]:
    if name not in SHAPES:
        return
    yield from SHAPES[name].problems(value)
    for key, inner in value.items() if isinstance(value, dict) else ():
        for number, each in enumerate(inner if isinstance(inner, list) else [inner]):
            place = f"{key}[{number}]" if isinstance(inner, list) else key
            yield from (f"{place}: {problem}" for problem in _problems(f"{name}.{key}", each))


RULES: tuple[Rule, ...] = (sections, resource_types, properties, values)
