"""Whose a role is: what uses it decides what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from checks.reading.templates import Resource, Templates, as_list


class Kind(Enum):
    """Of a role's user; the value says it to people."""

    BOOTSTRAP = "the bootstrap function"
    WATCH = "the drift watch"
    ROTATION = "the rotation function"
    FRAMEWORK = "the provider framework"
    DEFAULT_GROUP = "the function that empties the default group"
    YOURS = "a function of yours"
    PROXY = "RDS Proxy"
    MONITORING = "RDS Enhanced Monitoring"
    FLOW_LOGS = "VPC flow logs"
    PIPELINE = "a workflow"


ENGINE = {
    "db_access.handler.on_event": Kind.BOOTSTRAP,
    "db_access.watch.handler": Kind.WATCH,
    "db_access.rotation.handler": Kind.ROTATION,
}
"""By handler: the functions of the engine, which log in to the database itself."""
_HANDLERS = {**ENGINE, "framework.onEvent": Kind.FRAMEWORK, "__entrypoint__.handler": Kind.DEFAULT_GROUP}
_USES = {
    "AWS::RDS::DBProxy": ("RoleArn", Kind.PROXY),
    "AWS::RDS::DBCluster": ("MonitoringRoleArn", Kind.MONITORING),
    "AWS::RDS::DBInstance": ("MonitoringRoleArn", Kind.MONITORING),
    "AWS::EC2::FlowLog": ("DeliverLogsPermissionArn", Kind.FLOW_LOGS),
}


@dataclass(frozen=True)
class Use:
    """`user` does its work with `role` (a path)."""

    role: str
    user: Resource
    kind: Kind


def function_kind(function: Resource) -> Kind:
    """By its handler; outside the project's own stacks every function is yours."""
    known = _HANDLERS.get(str(function.props.get("Handler")), Kind.YOURS)
    return known if function.stack in ("access", "network") else Kind.YOURS


def uses(templates: Templates) -> Iterator[Use]:
    for function in templates.all("AWS::Lambda::Function"):
        yield from _use(templates, function, "Role", function_kind(function))
    for user in templates.all(*_USES):
        key, kind = _USES[user.type]
        yield from _use(templates, user, key, kind)
    for role in templates.all("AWS::IAM::Role"):
        trust = role.props.get("AssumeRolePolicyDocument", {}).get("Statement", [])
        if role.stack == "pipeline" and any("Federated" in entry.get("Principal", {}) for entry in as_list(trust)):
            yield Use(role.path, role, Kind.PIPELINE)


def _use(templates: Templates, user: Resource, key: str, kind: Kind) -> Iterator[Use]:
    role = templates.target(user.stack, user.props.get(key))
    if role is not None and role.type == "AWS::IAM::Role":
        yield Use(role.path, user, kind)
