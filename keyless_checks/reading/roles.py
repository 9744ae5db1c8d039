"""Whose a role is: what uses it decides what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from keyless_checks.reading.bastions import is_of_bastion
from keyless_checks.reading.placed import TEMPLATE
from keyless_checks.reading.templates import Resource, Templates, as_list


class Kind(Enum):
    """Of a role's user; the value says it to people."""

    BOOTSTRAP = "the bootstrap function"
    WATCH = "the drift watch"
    ROTATION = "the rotation function"
    FRAMEWORK = "the provider framework"
    DEFAULT_GROUP = "the function that empties the default group"
    YOURS = "a function of yours"
    TASK = "a task of a service"
    AGENT = "the agent that starts tasks"
    SERVER = "a server"
    BASTION = "a bastion"
    PROXY = "RDS Proxy"
    FINDINGS = "the rule that hands findings on"
    MONITORING = "RDS Enhanced Monitoring"
    FLOW_LOGS = "VPC flow logs"
    PIPELINE = "a workflow"
    EXISTING = "a role that exists"


ENGINE = {
    "db_access.handler.on_event": Kind.BOOTSTRAP,
    "db_access.watch.handler": Kind.WATCH,
    "db_access.rotation.handler": Kind.ROTATION,
}
"""By handler: the functions of the engine, which log in to the database itself."""
_HANDLERS = {**ENGINE, "framework.onEvent": Kind.FRAMEWORK, "__entrypoint__.handler": Kind.DEFAULT_GROUP}
_USES = (
    ("AWS::RDS::DBProxy", "RoleArn", Kind.PROXY),
    ("AWS::RDS::DBCluster", "MonitoringRoleArn", Kind.MONITORING),
    ("AWS::RDS::DBInstance", "MonitoringRoleArn", Kind.MONITORING),
    ("AWS::EC2::FlowLog", "DeliverLogsPermissionArn", Kind.FLOW_LOGS),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn", Kind.TASK),
    ("AWS::ECS::TaskDefinition", "ExecutionRoleArn", Kind.AGENT),
)


_PROFILE = "AWS::IAM::InstanceProfile"


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
    for type_, key, kind in _USES:
        for user in templates.all(type_):
            yield from _use(templates, user, key, kind)
    for rule in templates.all("AWS::Events::Rule"):
        for target in rule.props.get("Targets", []):
            yield from _of_value(templates, rule, target.get("RoleArn"), Kind.FINDINGS)
    of_bastions = [_profile(templates, one) for one in templates.all(TEMPLATE) if is_of_bastion(templates, one)]
    for profile in templates.all(_PROFILE):
        yield from _use(templates, profile, "Roles", Kind.BASTION if profile in of_bastions else Kind.SERVER)
    for role in templates.all("AWS::IAM::Role"):
        trust = role.props.get("AssumeRolePolicyDocument", {}).get("Statement", [])
        if role.stack == "pipeline" and any("Federated" in entry.get("Principal", {}) for entry in as_list(trust)):
            yield Use(role.path, role, Kind.PIPELINE)
    yield from _existing(templates)


def profiles_role(templates: Templates, template: Resource) -> Resource | None:
    """The role of the servers of a launch template."""
    profile = _profile(templates, template)
    roles = profile.props.get("Roles", []) if profile is not None and profile.type == _PROFILE else []
    return templates.target(profile.stack, roles[0]) if profile is not None and roles else None


def _profile(templates: Templates, template: Resource) -> Resource | None:
    named = template.props.get("LaunchTemplateData", {}).get("IamInstanceProfile", {})
    return templates.target(template.stack, named.get("Arn") or named.get("Name"))


def _existing(templates: Templates) -> Iterator[Use]:
    """Roles by their names, which the stacks don't make and give something to."""
    for policy in templates.all("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name in as_list(policy.props.get("Roles", [])):
            if isinstance(name, str):
                yield Use(name, policy, Kind.EXISTING)


def _use(templates: Templates, user: Resource, key: str, kind: Kind) -> Iterator[Use]:
    yield from _of_value(templates, user, user.props.get(key), kind)


def _of_value(templates: Templates, user: Resource, value: Any, kind: Kind) -> Iterator[Use]:
    role = templates.target(user.stack, value[0] if isinstance(value, list) and value else value)
    if role is not None and role.type == "AWS::IAM::Role":
        yield Use(role.path, user, kind)
