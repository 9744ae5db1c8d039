"""Rules for the drift watch: it looks at each database, can do nothing else, what it finds gets to people, and its
silence is noticed."""

import json
import re
from collections.abc import Iterator
from typing import Any

from checks.reading.statements import Statement, statements
from checks.reading.templates import Resource, Templates
from checks.rules.monitoring import ALARM, FILTER, TOPIC
from checks.rules.roles import INTERFACES, LOGS
from checks.rules.rule import Finding, Rule

HANDLER = "db_access.watch.handler"
RULE, ASYNC = "AWS::Events::Rule", "AWS::Lambda::EventInvokeConfig"
_BUS = re.compile(r"arn:aws:events:[^:*]+:[^:*]+:event-bus/default")
_DRIFT, _FAILED = {"drift": [{"numeric": [">", 0]}]}, [{"anything-but": ["Success"]}]
_MOST_INPUT, _ROOM_FOR_NAMES = 8192, 256
"""EventBridge API, Target.Input; references become names and ids."""


def watches(templates: Templates) -> Iterator[Resource]:
    yield from (r for r in templates.all("AWS::Lambda::Function") if r.props.get("Handler") == HANDLER)


def scheduled(templates: Templates) -> Iterator[Finding]:
    """Each database of the access spec is looked at on a schedule, with the spec that it was made with."""
    asked = {event.get("Database"): event for event in _events(templates)}
    for access in templates.all("Custom::DatabaseAccess"):
        event = asked.get(access.props["Database"])
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
    """What its layers hold, as they say."""
    layers = (templates.target(function.stack, value) for value in function.props.get("Layers", []))
    yield from (str(layer.props.get("Description")) for layer in layers if layer)


def after_the_access(templates: Templates) -> Iterator[Finding]:
    """A watch and its schedules change after the access does: what isn't there yet would be drift."""
    access = {r.path for r in templates.all("Custom::DatabaseAccess")}
    rules = (r for r in templates.all(RULE) if r.props.get("ScheduleExpression"))
    for resource in (*watches(templates), *rules):
        if not access <= _waits_for(templates, resource.path):
            yield Finding(resource.path, "it may change before the access does")


def _waits_for(templates: Templates, path: str) -> set[str]:
    """What is there first, directly or not."""
    found, next_ = set[str](), {path}
    while next_:
        next_ = {waited for each in next_ for waited in templates.waits_for(each)} - found
        found |= next_
    return found


def only_looks(templates: Templates) -> Iterator[Finding]:
    """The watch's role opens sessions as the master of one database and puts events on the default bus, beside what
    every function has."""
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
            yield from (f"put events on {r}" for r in resources if not _BUS.fullmatch(r))
        elif action not in INTERFACES | LOGS | {"rds-db:connect"}:
            yield action


def reported(templates: Templates) -> Iterator[Finding]:
    """What the watch finds, and that it fails, goes to the default bus, and from there to a topic."""
    for function in watches(templates):
        configured = [r for r in templates.all(ASYNC) if templates.target(r.stack, r.props["FunctionName"]) == function]
        ends = configured[0].props.get("DestinationConfig", {}) if configured else {}
        for end in ("OnSuccess", "OnFailure"):
            if not _BUS.fullmatch(templates.text(function.stack, ends.get(end, {}).get("Destination"))):
                yield Finding(function.path, f"{end} doesn't lead to the default bus")
        if configured and not configured[0].props.get("MaximumRetryAttempts", 2) <= 2:
            yield Finding(function.path, "a run is tried again more often than Lambda can")
        details = [rule.props["EventPattern"]["detail"] for rule in _notices(templates, function)]
        if not any(d.get("responsePayload") == _DRIFT and "condition" not in d["requestContext"] for d in details):
            yield Finding(function.path, "nobody is told of drift")
        if not any(d["requestContext"].get("condition") == _FAILED for d in details):
            yield Finding(function.path, "nobody is told that it fails")


def _notices(templates: Templates, function: Resource) -> Iterator[Resource]:
    """Rules on the records of that function's calls which lead to a topic."""
    for rule in templates.all(RULE):
        pattern = rule.props.get("EventPattern", {})
        arns = pattern.get("detail", {}).get("requestContext", {}).get("functionArn", [])
        named = {templates.text(rule.stack, arn) for arn in arns}
        targets = [templates.target(rule.stack, target["Arn"]) for target in rule.props.get("Targets", [])]
        if (
            f"{function.path}.Arn:$LATEST" in named
            and pattern.get("source") == ["lambda"]
            and rule.props.get("State") != "DISABLED"
            and any(target is not None and target.type == TOPIC for target in targets)
        ):
            yield rule


def whole_objects(templates: Templates) -> Iterator[Finding]:
    """A notice is JSON, and what it takes from an event stands in it as an object: EventBridge escapes nothing."""
    for rule in templates.all(RULE):
        for target in rule.props.get("Targets", []):
            transformer = target.get("InputTransformer", {})
            template = re.sub(r"<[\w-]+>", "{}", str(transformer.get("InputTemplate", "{}")))
            paths = set(transformer.get("InputPathsMap", {}).values())
            if not paths <= {"$.detail", "$.detail.responsePayload"} or _texts_with_holes(template):
                yield Finding(rule.path, "a quote in an event's text would make its message invalid")


def _texts_with_holes(template: str) -> bool:
    try:
        return any("{}" in value for value in json.loads(template).values() if isinstance(value, str))
    except (ValueError, AttributeError):
        return True


def silence(templates: Templates) -> Iterator[Finding]:
    """A watch that tells nothing raises an alarm: what its log says is counted, and no count is wrong."""
    for function in watches(templates):
        counted = _counted(
            templates, templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
        )
        alarms = [
            a.props for a in templates.all(ALARM) if (a.props.get("Namespace"), a.props.get("MetricName")) in counted
        ]
        if not any(
            a["ComparisonOperator"] == "LessThanThreshold"
            and a.get("Statistic") == "SampleCount"
            and a.get("TreatMissingData") == "breaching"
            for a in alarms
        ):
            yield Finding(function.path, "its silence raises no alarm")
        if not any(a["ComparisonOperator"] == "GreaterThanOrEqualToThreshold" and a["Threshold"] == 1 for a in alarms):
            yield Finding(function.path, "drift raises no alarm")


def _counted(templates: Templates, log: Resource | None) -> set[tuple[str, str]]:
    """The metrics, by namespace and name, of what the watch's lines in that log say; of a run that found a deploy at
    work, none."""
    filters = [r.props for r in templates.all(FILTER) if templates.target(r.stack, r.props["LogGroupName"]) == log]
    return {
        (t["MetricNamespace"], t["MetricName"])
        for f in filters
        if f["FilterPattern"] == "{ $.drift >= 0 }"
        for t in f["MetricTransformations"]
        if t["MetricValue"] == "$.drift"
    }


RULES: tuple[Rule, ...] = (scheduled, after_the_access, only_looks, reported, whole_objects, silence)
