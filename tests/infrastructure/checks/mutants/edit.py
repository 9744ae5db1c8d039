"""Ways to break templates: by type and a part of the path, so that moving a construct breaks no mutant."""

from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.templates import Resource, as_list
from keyless_checks.rule import Rule
from tests.infrastructure.templates import Change, Templates


@dataclass(frozen=True)
class Mutant:
    """One thing broken. `name` says it to a reader; `rule`, and the cfn-guard rule if there is one, must see it."""

    name: str
    rule: Rule
    change: Change
    guard: str | None = None


def pick(templates: Templates, type_: str, part: str = "") -> Resource:
    """The first resource of that type with `part` in its path."""
    return next(r for r in templates.all(type_) if part in r.path)


def put(type_: str, part: str = "", **values: object) -> Change:
    return lambda templates: pick(templates, type_, part).props.update(values)


def drop(type_: str, key: str, part: str = "") -> Change:
    return lambda templates: pick(templates, type_, part).props.pop(key)


def body(type_: str, part: str = "", **values: object) -> Change:
    """Change what stands beside the properties, such as DeletionPolicy."""
    return lambda templates: pick(templates, type_, part).body.update(values)


def without_order(type_: str, part: str = "") -> Change:
    return body(type_, part, DependsOn=[])


def add(stack: str, type_: str, **properties: object) -> Change:
    return lambda templates: templates.by_stack[stack]["Resources"].update(
        {"Extra": {"Type": type_, "Properties": properties}}
    )


def twice(type_: str, part: str = "") -> Change:
    """The same resource again, under another name."""

    def change(templates: Templates) -> None:
        found = pick(templates, type_, part)
        templates.by_stack[found.stack]["Resources"]["Again"] = {"Type": found.type, "Properties": dict(found.props)}

    return change


def remove(type_: str, part: str = "") -> Change:
    """All resources of that type."""

    def change(templates: Templates) -> None:
        for found in [r for r in templates.all(type_) if part in r.path]:
            del templates.by_stack[found.stack]["Resources"][found.logical_id]

    return change


def statement(action: str, part: str = "", **values: Any) -> Change:
    """Change the first statement with that action in a policy."""

    def change(templates: Templates) -> None:
        for policy in [r for r in templates.all("AWS::IAM::Policy") if part in r.path]:
            for entry in policy.props["PolicyDocument"]["Statement"]:
                if action in as_list(entry.get("Action", [])):
                    entry.update(values)
                    return
        raise LookupError(action)

    return change


def more(part: str, **values: Any) -> Change:
    """One more statement in a policy."""

    def change(templates: Templates) -> None:
        pick(templates, "AWS::IAM::Policy", part).props["PolicyDocument"]["Statement"].append(
            {"Effect": "Allow", **values}
        )

    return change


def less(part: str, action: str) -> Change:
    """Without the statements that have that action."""

    def change(templates: Templates) -> None:
        document = pick(templates, "AWS::IAM::Policy", part).props["PolicyDocument"]
        document["Statement"] = [s for s in document["Statement"] if action not in as_list(s.get("Action", []))]

    return change


def inner(type_: str, key: str, part: str = "", **values: object) -> Change:
    """Change a property that is an object, such as Parameters."""
    return lambda templates: pick(templates, type_, part).props.setdefault(key, {}).update(values)


def parameter(name: str, value: str | None) -> Change:
    """Of the cluster's parameter group; None takes it away."""

    def change(templates: Templates) -> None:
        values = pick(templates, "AWS::RDS::DBClusterParameterGroup").props["Parameters"]
        values.pop(name, None)
        if value is not None:
            values[name] = value

    return change
