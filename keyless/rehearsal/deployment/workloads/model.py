"""A service or a group of servers, as deployed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from keyless.rehearsal.deployment import connection
from keyless.rehearsal.deployment.kinds import Kind

Physical = Callable[[str], str]
"""The deployed name of a resource, by its logical id."""
_SOURCE: Final = "keyless:source"
_PATH: Final = "aws:cdk:path"
_OWN: Final = frozenset({"ASG", "Resource", "Servers", "Service", "Task"})
"""Ends of construct paths that name nothing."""


@dataclass(frozen=True)
class MetadataOptions:
    """Of an instance's metadata service (Amazon EC2 API Reference, LaunchTemplateInstanceMetadataOptions)."""

    token_required: bool
    """IMDSv2 alone: who has no session token is told nothing."""
    hops: int
    """How far the answer to a request for a session token comes: 1 is the instance, 2 a container on it."""
    enabled: bool = True


@dataclass(frozen=True)
class Workload:
    name: str
    kind: Kind
    source: str
    """The folder of its code, from the app's; empty where the template doesn't say it."""
    role: str
    settings: Mapping[str, str]
    command: tuple[str, ...]
    """What the template has it start; a unit of systemd by its name. Empty where only its image knows."""
    metadata: MetadataOptions | None = None
    """Of an instance."""
    engine: ClassVar[bool] = False
    session: ClassVar[str] = ""

    @property
    def user(self) -> str:
        return connection.user(self.settings)

    @property
    def host(self) -> str:
        return connection.host(self.settings)

    @property
    def database(self) -> str:
        return connection.database(self.settings)

    @property
    def secret(self) -> str:
        return connection.secret(self.settings)


def of_type(template: Mapping[str, Any], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Logical id and resource of each."""
    return [(id, resource) for id, resource in template["Resources"].items() if resource["Type"] == kind]


def named(logical_id: str, resource: Mapping[str, Any]) -> str:
    """The construct's name, without what a construct of the library or the CDK adds."""
    words = str(resource.get("Metadata", {}).get(_PATH, "")).split("/")[1:]
    while len(words) > 1 and words[-1] in _OWN:
        words.pop()
    return "/".join(words) or logical_id


def source(resource: Mapping[str, Any] | None) -> str:
    return str((resource or {}).get("Metadata", {}).get(_SOURCE, ""))


def referred(template: Mapping[str, Any], value: Any) -> Mapping[str, Any] | None:
    """The resource that a Ref of the template means."""
    found: Mapping[str, Any] | None = template["Resources"].get(value["Ref"]) if _is_ref(value) else None
    return found


def _is_ref(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"Ref"}
