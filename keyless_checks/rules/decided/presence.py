"""Outputs that lead nowhere, what nobody uses, and what is there twice."""

import json
from collections.abc import Iterator
from typing import Any

from keyless_checks.allowed.types import DECIDED
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding
from keyless_checks.rules.decided.relations import TWINS, USED

_BETWEEN_GROUPS = {"AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"}
"""Which name a group and use nothing of it."""
_POINTLESS_TWICE = {
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
}


def outputs(templates: Templates) -> Iterator[Finding]:
    """An output is a text that leads to a resource of its stack; an export has a name that is its own."""
    names: set[str] = set()
    for stack, template in templates.by_stack.items():
        for key, output in template.get("Outputs", {}).items():
            place, value = f"{stack}/{key}", output.get("Value")
            if not set(output) <= {"Value", "Export"} or not (isinstance(value, str) or templates.target(stack, value)):
                yield Finding(place, "it gives what is not of a resource of its stack")
            name = output.get("Export", {}).get("Name") if isinstance(output.get("Export", {}), dict) else None
            if "Export" in output and (not isinstance(name, str) or name in names):
                yield Finding(place, "it is exported without a name of its own")
            names.add(str(name))


def used(templates: Templates) -> Iterator[Finding]:
    """What does nothing by itself, such as a role or a security group, is named by another resource."""
    named = {
        templates.text(resource.stack, value)
        for resource in templates.all()
        if resource.type not in _BETWEEN_GROUPS
        for value in _references(resource.props)
    }
    named = {path.partition(".")[0] for path in named} | {
        path for resource in templates.all() for path in templates.waits_for(resource.path)
    }
    for resource in templates.all(*USED):
        if resource.stack in DECIDED and resource.path not in named:
            yield Finding(resource.path, "nothing uses it")


def nothing_twice(templates: Templates) -> Iterator[Finding]:
    """No resource is there twice: the same type with the same properties."""
    first: dict[tuple[str, str, str], str] = {}
    for resource in templates.all():
        if resource.type in TWINS or not (resource.stack in DECIDED or resource.type in _POINTLESS_TWICE):
            continue
        text = json.dumps(resource.body.get("Properties", {}), sort_keys=True)
        key = resource.stack, resource.type, text
        if first.setdefault(key, resource.logical_id) != resource.logical_id:
            yield Finding(resource.path, f"it is there twice: {first[key]} has the same properties")


def _references(value: Any) -> Iterator[Any]:
    """At any depth."""
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            yield value
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from _references(inner)
