"""Rules for containers: what a task is made of, what it may write to, and who gets into it."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.clients import TASK, containers
from keyless_checks.reading.kinds import kind
from keyless_checks.reading.place import place
from keyless_checks.reading.placed import SERVICE, groups_of
from keyless_checks.reading.secret_texts import shown
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_ROOT = re.compile(r"(root|0+)?(:.*)?")
_IMAGE = re.compile(
    r"(<AWS::AccountId>|\$\{AWS::AccountId\}|(?P<account>\d{12}))\.dkr\.ecr\..+"
    r"(@sha256:[0-9a-f]{64}|/cdk-[a-z0-9]+-container-assets-[^:]+:[0-9a-f]{64})"
)
_BY_ECS = ("Secrets", "EnvironmentFiles", "RepositoryCredentials")
"""What ECS would hand a container that the templates don't show."""


def confined(templates: Templates) -> Iterator[Finding]:
    """A container has a read-only file system, runs as somebody else than root, and has no capability of Linux."""
    for task in templates.all(TASK):
        for one in containers(task):
            limits = one.get("LinuxParameters", {}).get("Capabilities", {})
            if one.get("ReadonlyRootFilesystem") is not True:
                yield Finding(task.path, f"container {one.get('Name')}: ReadonlyRootFilesystem must be true")
            if one.get("Privileged") or _ROOT.fullmatch(str(one.get("User", ""))):
                yield Finding(task.path, f"container {one.get('Name')} runs as root, or privileged")
            if limits.get("Drop") != ["ALL"] or limits.get("Add"):
                yield Finding(task.path, f"container {one.get('Name')}: its capabilities are {limits}; allowed: none")


def pinned_images(templates: Templates) -> Iterator[Finding]:
    """An image is in a registry of the account and is named by its digest: what runs is what somebody looked at."""
    where = place(templates)
    for task in templates.all(TASK):
        for one in containers(task):
            text = kind(templates, task.stack, one.get("Image"))
            found = _IMAGE.fullmatch(text or "")
            foreign = found and where and found["account"] not in (None, where.account) and where.account != "ACCOUNT"
            if not found or foreign:
                yield Finding(
                    task.path, f"image {text} is not named by its digest, or is of another account's registry"
                )


def logged(templates: Templates) -> Iterator[Finding]:
    """A container writes to a log group of the stacks, and ECS hands it nothing that isn't in the templates."""
    for task in templates.all(TASK):
        for one in containers(task):
            log = one.get("LogConfiguration", {})
            group = templates.target(task.stack, log.get("Options", {}).get("awslogs-group"))
            if log.get("LogDriver") != "awslogs" or group is None or group.type != "AWS::Logs::LogGroup":
                yield Finding(task.path, f"container {one.get('Name')} has no log group of the stacks")
            if handed := [name for name in _BY_ECS if one.get(name)]:
                yield Finding(task.path, f"container {one.get('Name')} has {', '.join(handed)}; allowed: variables")


def plain_start(templates: Templates) -> Iterator[Finding]:
    """Nothing that a container is started with holds a secret: its command, its entry point, its health check and its
    labels, which whoever may describe a task reads."""
    for task in templates.all(TASK):
        for one in containers(task):
            for name, text in _told(templates, task, one):
                if found := shown(text):
                    yield Finding(task.path, f"container {one.get('Name')}: its {name} holds a secret: {found}")


def _told(templates: Templates, task: Resource, container: dict[str, Any]) -> Iterator[tuple[str, str]]:
    words = {name: container.get(name, []) for name in ("Command", "EntryPoint")}
    words["HealthCheck"] = container.get("HealthCheck", {}).get("Command", [])
    words["DockerLabels"] = [f"{name}={value}" for name, value in container.get("DockerLabels", {}).items()]
    for name, values in words.items():
        yield name, " ".join(templates.text(task.stack, value) for value in values)


def private_tasks(templates: Templates) -> Iterator[Finding]:
    """A service's tasks have no public address, groups of the stacks, an interface each, and no shell for operators."""
    for service in templates.all(SERVICE):
        network = service.props.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
        groups = [templates.target(service.stack, group) for group in groups_of(templates, service)]
        if network.get("AssignPublicIp") != "DISABLED":
            yield Finding(service.path, "AssignPublicIp must be DISABLED")
        if not groups or None in groups:
            yield Finding(service.path, "it has a security group that isn't of the stacks, or none")
        if service.props.get("EnableExecuteCommand"):
            yield Finding(service.path, "EnableExecuteCommand lets operators run anything as the task's role")
        if service.props.get("LaunchType") != "FARGATE" or "CapacityProviderStrategy" in service.props:
            yield Finding(service.path, "it doesn't run on Fargate, so that other tasks may share its host")
    for task in templates.all(TASK):
        if task.props.get("NetworkMode") != "awsvpc" or task.props.get("PidMode") or task.props.get("IpcMode"):
            yield Finding(task.path, "its containers share a network or processes with others")


def two_roles(templates: Templates) -> Iterator[Finding]:
    """A task and the agent that starts it have a role each: the code can't pull images or write other logs."""
    for task in templates.all(TASK):
        roles = [templates.target(task.stack, task.props.get(key)) for key in ("TaskRoleArn", "ExecutionRoleArn")]
        if None in roles or roles[0] == roles[1]:
            yield Finding(task.path, "its two roles are one, or aren't of the stacks")


RULES: tuple[Rule, ...] = (confined, pinned_images, logged, plain_start, private_tasks, two_roles)
