"""The end of memberships that are given for a while."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.access import asked_in
from keyless_checks.reading.roles import Kind, function_kind
from keyless_checks.reading.schedules import RULE, ending
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_EVERY = "rate(1 minute)"


def ended(templates: Templates) -> Iterator[Finding]:
    """Where the access spec lets memberships be given for a while, a schedule has the bootstrap function end those that
    are over, each minute, in the same cluster and by the same spec."""
    events = [*_events(templates)]
    for access in templates.all("Custom::DatabaseAccess"):
        cluster = templates.text(access.stack, access.props["Cluster"])
        if _given(access) and not events:
            yield Finding(access.path, "nothing ends what its access spec lets be given for a while")
        for rule, event in events:
            if event.get("Cluster") != cluster:
                yield Finding(rule.path, "it ends what is given in another cluster")
    names = {name for access in templates.all("Custom::DatabaseAccess") for name in asked_in(access.props)}
    for rule, event in events:
        if event.get("Database") not in names:
            yield Finding(rule.path, f"it goes in by database {event.get('Database')}, which the access spec lacks")
        if not any(str(event.get("SpecDigest")) in layer for layer in _layers(templates, rule)):
            yield Finding(rule.path, "it hands over an access spec that the function's layers don't hold")


def each_minute(templates: Templates) -> Iterator[Finding]:
    """What is over ends within a minute: the schedule for that is on, runs each minute, and may call the function."""
    for rule in templates.all(RULE):
        if not [*ending(templates, rule)]:
            continue
        allowed = any(
            templates.target(p.stack, p.props.get("SourceArn")) == rule
            for p in templates.all("AWS::Lambda::Permission")
        )
        if rule.props.get("ScheduleExpression") != _EVERY:
            yield Finding(rule.path, f"{rule.props.get('ScheduleExpression')} is another time; allowed: {_EVERY}")
        if rule.props.get("State") != "ENABLED" or not allowed:
            yield Finding(rule.path, "it is off, or may not call the function")


def _given(access: Resource) -> bool:
    """By the spec itself; one that is a file the template doesn't have."""
    return any(user.get("may_have") for user in access.props.get("Spec", {}).get("users", []))


def _events(templates: Templates) -> Iterator[tuple[Resource, dict[str, Any]]]:
    for rule in templates.all(RULE):
        for function, event in ending(templates, rule):
            if function is not None and function_kind(function) is Kind.BOOTSTRAP:
                yield rule, event


def _layers(templates: Templates, rule: Resource) -> Iterator[str]:
    """The descriptions of the called function's layers, which name what they hold."""
    for function, _ in ending(templates, rule):
        layers = (
            (templates.target(function.stack, value) for value in function.props.get("Layers", [])) if function else ()
        )
        yield from (str(layer.props.get("Description")) for layer in layers if layer)


RULES: tuple[Rule, ...] = (ended, each_minute)
