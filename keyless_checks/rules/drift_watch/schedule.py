"""When the drift watch runs, on what, and with which rights."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from keyless_checks.reading.access import asked_in
from keyless_checks.reading.actions import INTERFACES, LOGS
from keyless_checks.reading.schedules import ending
from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.drift_watch.function import BUS, RULE, watches

_DAILY = re.compile(r"cron\([0-5]?\d (\*|[01]?\d(,[01]?\d|,2[0-3])*|2[0-3]) \* \* \? \*\)")
_MOST_INPUT, _ROOM_FOR_NAMES = 8192, 256
"""EventBridge API, Target.Input; references become names and ids."""


def scheduled(templates: Templates) -> Iterator[Finding]:
    """What an access is for, a database or the server, is looked at on a schedule, with the spec that it was made
    with."""
    asked = {asked_in(event): event for event in _events(templates)}
    for access in templates.all("Custom::DatabaseAccess"):
        event = asked.get(asked_in(access.props))
        if event is None:
            yield Finding(access.path, "no schedule has the drift watch look at it")
        elif event["Cluster"] != templates.text(access.stack, access.props["Cluster"]):
            yield Finding(access.path, "the drift watch looks at another cluster")
        elif not any(
            str(event.get("SpecDigest")) in layer for watch in watches(templates) for layer in _layers(templates, watch)
        ):
            yield Finding(access.path, "the drift watch is asked for an access spec that its layers don't hold")


def _events(templates: Templates) -> Iterator[dict[str, Any]]:
    """What schedules hand to the watch, where it lets them."""
    functions = list(watches(templates))
    for rule in templates.all(RULE):
        allowed = any(
            templates.target(p.stack, p.props["FunctionName"]) in functions
            and templates.target(p.stack, p.props.get("SourceArn")) == rule
            for p in templates.all("AWS::Lambda::Permission")
        )
        runs = rule.props.get("ScheduleExpression") and rule.props.get("State") == "ENABLED" and allowed
        for target in rule.props.get("Targets", []) if runs else []:
            text = templates.text(rule.stack, target.get("Input"))
            if templates.target(rule.stack, target["Arn"]) in functions and len(text) + _ROOM_FOR_NAMES <= _MOST_INPUT:
                yield json.loads(text)


def _layers(templates: Templates, function: Resource) -> Iterator[str]:
    """The descriptions of its layers, which name what they hold."""
    layers = (templates.target(function.stack, value) for value in function.props.get("Layers", []))
    yield from (str(layer.props.get("Description")) for layer in layers if layer)


def after_the_access(templates: Templates) -> Iterator[Finding]:
    """A watch and its schedules change after the access does: what isn't there yet would be drift."""
    access = {r.path for r in templates.all("Custom::DatabaseAccess")}
    functions = list(watches(templates))
    for resource in (*functions, *(rule for rule in templates.all(RULE) if _calls(templates, rule, functions))):
        if not access <= _waits_for(templates, resource.path):
            yield Finding(resource.path, "it may change before the access does")


def _calls(templates: Templates, rule: Resource, functions: Sequence[Resource]) -> bool:
    """Whether it is a schedule of one of them; whoever's stack it is in, another's schedule is another's matter."""
    targets = rule.props.get("Targets", []) if rule.props.get("ScheduleExpression") else []
    return any(templates.target(rule.stack, target["Arn"]) in functions for target in targets)


def _waits_for(templates: Templates, path: str) -> set[str]:
    """What is there first, directly or not."""
    found, next_ = set[str](), {path}
    while next_:
        next_ = {waited for each in next_ for waited in templates.waits_for(each)} - found
        found |= next_
    return found


def only_looks(templates: Templates) -> Iterator[Finding]:
    """The watch's role opens sessions in one database and puts events on the default bus, beside what every function
    has."""
    for function in watches(templates):
        role = templates.target(function.stack, function.props["Role"])
        for statement in statements(templates):
            if role is not None and statement.role == role.path and statement.allows:
                yield from (
                    Finding(statement.path, f"the drift watch may {what}") for what in _too_much(templates, statement)
                )


def _too_much(templates: Templates, statement: Statement) -> Iterator[str]:
    resources = [templates.text(statement.stack, resource) for resource in statement.resources]
    for action in statement.actions:
        if action == "events:PutEvents":
            yield from (f"put events on {r}" for r in resources if not BUS.fullmatch(r))
        elif action not in INTERFACES | LOGS | {"rds-db:connect"}:
            yield action


def often(templates: Templates) -> Iterator[Finding]:
    """A schedule of the watch is one that EventBridge takes and that runs every day."""
    for rule in templates.all(RULE):
        expression = None if [*ending(templates, rule)] else rule.props.get("ScheduleExpression")
        if rule.stack == "access" and expression is not None and not _DAILY.fullmatch(str(expression)):
            yield Finding(rule.path, f"{expression} is not a time of each day; allowed: cron(17 0,12 * * ? *)")


RULES: tuple[Rule, ...] = (
    often,
    scheduled,
    after_the_access,
    only_looks,
)
