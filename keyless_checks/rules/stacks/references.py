"""References: each leads to something that is there, by a function that the rules can follow."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

_PSEUDO = {f"AWS::{name}" for name in ("AccountId", "Partition", "Region", "StackId", "StackName", "URLSuffix")}
_FUNCTIONS = {"Fn::Base64", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub", "Ref"}


def followed(templates: Templates) -> Iterator[Finding]:
    """Values are written out or refer to something by functions that the rules follow: what another one gives is known
    at deploy only."""
    for resource in templates.all():
        used = {name for name, _ in _calls(resource.props)}
        for name in sorted(used - _FUNCTIONS):
            yield Finding(resource.path, f"{name} can't be followed; allowed: {', '.join(sorted(_FUNCTIONS))}")


def leading(templates: Templates) -> Iterator[Finding]:
    """What a resource refers to or waits for is in its stack, or another stack of the environment exports it."""
    for resource in templates.all():
        there = set(templates.by_stack[resource.stack]["Resources"]) | _PSEUDO
        named = {name for function, value in _calls(resource.props) for name in _named(function, value)}
        missing = (named | set(as_list(resource.body.get("DependsOn", [])))) - there
        yield from (Finding(resource.path, f"{name} is not in its stack") for name in sorted(missing))
        yield from _imports(templates, resource)


def _imports(templates: Templates, resource: Resource) -> Iterator[Finding]:
    for function, value in _calls(resource.props):
        if function == "Fn::ImportValue" and value not in templates.exports:
            yield Finding(resource.path, f"no stack of this environment exports {value}")


def _named(function: str, value: object) -> Iterator[str]:
    match function, value:
        case "Ref", str():
            yield value
        case "Fn::GetAtt", [str(logical_id), str()]:
            yield logical_id
        case (("Ref" | "Fn::GetAtt"), _):
            yield str(value)


def _calls(value: object) -> Iterator[tuple[str, object]]:
    """The functions in a value, with what each is given."""
    match value:
        case dict():
            for key, inner in value.items():
                if key == "Ref" or str(key).startswith("Fn::"):
                    yield key, inner
                yield from _calls(inner)
        case list():
            for inner in value:
                yield from _calls(inner)


RULES: tuple[Rule, ...] = (followed, leading)
