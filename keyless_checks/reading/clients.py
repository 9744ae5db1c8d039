"""What runs somebody's code, with what it is told and the role that it has: functions, tasks of services, servers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.bastions import is_of_bastion
from keyless_checks.reading.placed import CLIENTS, FUNCTION, SERVERS, SERVICE, TEMPLATE, template_of
from keyless_checks.reading.roles import Kind, function_kind, profiles_role
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.reading.told import Told, told

TASK = "AWS::ECS::TaskDefinition"
_SETTING = re.compile(r"^(?:export +)?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$", re.MULTILINE)
"""In user data, whether a file or a shell gets it."""


@dataclass(frozen=True)
class Client:
    resource: Resource
    """Which has the variables and names the role."""
    kind: Kind
    role: str | None
    """Its path; None: it is not one of the stacks."""
    variables: dict[str, Any]
    placed: tuple[Resource, ...]
    """Which are in the network for it: itself, the services that run the task, or the groups of the servers."""

    @property
    def told(self) -> Told:
        """Where its variables have it log in, and as whom."""
        return told(self.variables)

    @property
    def stack(self) -> str:
        return self.resource.stack

    @property
    def path(self) -> str:
        return self.resource.path


def clients(templates: Templates) -> Iterator[Client]:
    for function in templates.all(FUNCTION):
        role = templates.target(function.stack, function.props.get("Role"))
        yield Client(function, function_kind(function), _path(role), _variables(function), (function,))
    for task in templates.all(TASK):
        services = tuple(
            one
            for one in templates.all(SERVICE)
            if templates.target(one.stack, one.props.get("TaskDefinition")) == task
        )
        role = templates.target(task.stack, task.props.get("TaskRoleArn"))
        yield Client(task, Kind.TASK, _path(role), _of_task(task), services)
    for template in templates.all(TEMPLATE):
        groups = tuple(one for one in templates.all(SERVERS) if template_of(templates, one) == template)
        role = profiles_role(templates, template)
        kind = Kind.BASTION if is_of_bastion(templates, template) else Kind.SERVER
        yield Client(template, kind, _path(role), _of_user_data(templates, template), groups)


def running(templates: Templates) -> Iterator[Resource]:
    """What is in the network for them."""
    yield from templates.all(*CLIENTS)


def containers(task: Resource) -> list[dict[str, Any]]:
    return [one for one in task.props.get("ContainerDefinitions", []) if isinstance(one, dict)]


def _path(role: Resource | None) -> str | None:
    return role.path if role is not None and role.type == "AWS::IAM::Role" else None


def _variables(function: Resource) -> dict[str, Any]:
    found = function.props.get("Environment", {}).get("Variables", {})
    return found if isinstance(found, dict) else {}


def _of_task(task: Resource) -> dict[str, Any]:
    """Of all of its containers, which share the task's role and network."""
    entries = [entry for one in containers(task) for entry in one.get("Environment", [])]
    return {str(entry["Name"]): entry["Value"] for entry in entries}


def _of_user_data(templates: Templates, template: Resource) -> dict[str, Any]:
    """What is set there, with references in readable form: `Templates.text` leaves such a text as it is."""
    data = template.props.get("LaunchTemplateData", {})
    text = templates.text(template.stack, data.get("UserData", ""))
    return {found["name"]: found["value"] for found in _SETTING.finditer(text)}
