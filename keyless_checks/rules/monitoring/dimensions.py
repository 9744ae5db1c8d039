"""The dimensions of alarms and widgets: CloudWatch finds a metric only by the very name that its service publishes."""

import json
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_ALARM, _DASHBOARD = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
_NAMED = {
    "DBClusterIdentifier": "AWS::RDS::DBCluster",
    "DBInstanceIdentifier": "AWS::RDS::DBInstance",
    "ProxyName": "AWS::RDS::DBProxy",
    "FunctionName": "AWS::Lambda::Function",
    "RuleName": "AWS::Events::Rule",
}
_BY_RDS = {
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBProxy": "DBProxyName",
}
"""What names them. Lambda and EventBridge keep the letters of a name, and `Ref` gives it."""
Dimension = tuple[str, str]
"""Its name and its value in readable form."""


def named(templates: Templates) -> Iterator[Finding]:
    """Each dimension of an alarm or a widget is the name of something in the stacks as its service publishes it.

    A database may be somebody else's, unless the stacks make one."""
    for resource in templates.all(_ALARM, _DASHBOARD):
        found = dict.fromkeys(_of_alarm(templates, resource) if resource.type == _ALARM else _of(templates, resource))
        for key, value in found:
            if problem := _problem(templates, key, value):
                yield Finding(resource.path, f"{key} is {value}, which {problem}")


def _of_alarm(templates: Templates, alarm: Resource) -> Iterator[Dimension]:
    yield from ((d["Name"], templates.text(alarm.stack, d["Value"])) for d in alarm.props.get("Dimensions", []))


def _of(templates: Templates, dashboard: Resource) -> Iterator[Dimension]:
    widgets = json.loads(templates.text(dashboard.stack, dashboard.props.get("DashboardBody", "{}"))).get("widgets", [])
    for metric in (metric for widget in widgets for metric in widget["properties"].get("metrics", [])):
        words: list[Any] = [word for word in metric if isinstance(word, str)][2:]  # after namespace and metric
        yield from zip(words[::2], words[1::2], strict=True)


def _problem(templates: Templates, key: str, value: str) -> str | None:
    if key not in _NAMED:
        return None
    resource = templates.find(value)
    if resource is None:
        return _unknown(templates, key, value)
    if resource.type != _NAMED[key]:
        return f"is not a {_NAMED[key]} of the stacks"
    if value != resource.path:
        return "is an attribute of it, and not its name"
    own = _BY_RDS.get(resource.type)
    if own and not _as_stored(resource.props.get(own)):
        return f"RDS publishes under another name: {own} is {resource.props.get(own)}; allowed: one in small letters"
    return None


def _unknown(templates: Templates, key: str, value: str) -> str | None:
    """Of a value that refers to nothing: the name of a database, or nobody's."""
    names = {resource.props.get(_BY_RDS[t]) for t in _BY_RDS for resource in templates.all(t)}
    databases = {r.props.get(_BY_RDS[t]) for t in list(_BY_RDS)[:2] for r in templates.all(t)} - {None}
    if value in names or (key.startswith("DB") and not databases):
        return None if _as_stored(value) else "has capitals, which RDS doesn't store"
    return f"is not a {_NAMED[key]} of the stacks"


def _as_stored(name: object) -> bool:
    return isinstance(name, str) and name == name.lower()


RULES: tuple[Rule, ...] = (named,)
