"""How people hear of what the drift watch finds, and of its silence."""

import json
import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.statements import statements
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.drift_watch.function import BUS, RULE, watches

_CONFIG, _ALARM = "AWS::Lambda::EventInvokeConfig", "AWS::CloudWatch::Alarm"
_FILTER, _TOPIC = "AWS::Logs::MetricFilter", "AWS::SNS::Topic"
_DRIFT, _FAILED = {"drift": [{"numeric": [">", 0]}]}, [{"anything-but": ["Success"]}]


def reported(templates: Templates) -> Iterator[Finding]:
    """What the watch finds, and that it fails, goes to the default bus, and from there to a topic."""
    for function in watches(templates):
        configured = [
            r for r in templates.all(_CONFIG) if templates.target(r.stack, r.props["FunctionName"]) == function
        ]
        ends = configured[0].props.get("DestinationConfig", {}) if configured else {}
        for end in ("OnSuccess", "OnFailure"):
            if not BUS.fullmatch(templates.text(function.stack, ends.get(end, {}).get("Destination"))):
                yield Finding(function.path, f"{end} doesn't lead to the default bus")
        if configured and not configured[0].props.get("MaximumRetryAttempts", 2) <= 2:
            yield Finding(function.path, "a run is tried again more often than Lambda can")
        details = [rule.props["EventPattern"]["detail"] for rule in _notices(templates, function)]
        if not any(d.get("responsePayload") == _DRIFT and "condition" not in d["requestContext"] for d in details):
            yield Finding(function.path, "nobody is notified of drift")
        if not any(d["requestContext"].get("condition") == _FAILED for d in details):
            yield Finding(function.path, "nobody is notified that it fails")


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
            and any(target is not None and target.type == _TOPIC for target in targets)
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


def handed_on(templates: Templates) -> Iterator[Finding]:
    """A rule that leads to a bus hands on what the watch says and nothing else, by a role that may put events on that
    very bus. No other has a role."""
    for rule in templates.all(RULE):
        for target in rule.props.get("Targets", []):
            arn = templates.text(rule.stack, target["Arn"])
            if rule.stack == "monitoring" and ":event-bus/" in arn:
                yield from (Finding(rule.path, problem) for problem in _amiss(templates, rule, target, arn))
            elif "RoleArn" in target:
                yield Finding(rule.path, f"it has a role for {arn}; allowed: for the bus of the drift watch's findings")


def _amiss(templates: Templates, rule: Resource, target: dict[str, Any], bus: str) -> Iterator[str]:
    functions = {f"{function.path}.Arn" for function in watches(templates)}
    arns = rule.props.get("EventPattern", {}).get("detail", {}).get("requestContext", {}).get("functionArn", [])
    named = {templates.text(rule.stack, arn).removesuffix(":$LATEST") for arn in arns}
    if not named or not named <= functions:
        yield f"what isn't the drift watch's goes to {bus}"
    if BUS.fullmatch(bus):
        yield "a default bus would hand its events on to itself"
    if _puts(templates, templates.target(rule.stack, target.get("RoleArn"))) != {bus}:
        yield f"its role may not put events on {bus}, or on others, too"


def _puts(templates: Templates, role: Resource | None) -> set[str]:
    """Where the role may put events."""
    return {
        templates.text(statement.stack, resource)
        for statement in statements(templates)
        if role is not None and statement.role == role.path and statement.allows
        for resource in statement.resources
    }


def silence(templates: Templates) -> Iterator[Finding]:
    """A silent watch raises an alarm: the findings in its log are counted, and a missing count is wrong."""
    for function in watches(templates):
        counted = _counted(
            templates, templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
        )
        alarms = [
            a.props for a in templates.all(_ALARM) if (a.props.get("Namespace"), a.props.get("MetricName")) in counted
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
    filters = [r.props for r in templates.all(_FILTER) if templates.target(r.stack, r.props["LogGroupName"]) == log]
    return {
        (t["MetricNamespace"], t["MetricName"])
        for f in filters
        if f["FilterPattern"] == "{ $.drift >= 0 }"
        for t in f["MetricTransformations"]
        if t["MetricValue"] == "$.drift"
    }


RULES: tuple[Rule, ...] = (
    reported,
    whole_objects,
    handed_on,
    silence,
)
