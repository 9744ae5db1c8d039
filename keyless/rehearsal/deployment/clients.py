"""The deployed functions that log in to the database, whatever stack they are in: as whom, where and how."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from keyless.rehearsal.deployment import connection
from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.deployment.kinds import FUNCTION, Kind

_TYPE: Final = "AWS::Lambda::Function"
_SOURCE: Final = "keyless:source"
"""In a function's Metadata: the folder of its code, from the app's."""
_ASSET: Final = "aws:asset:path"
_PATH: Final = "aws:cdk:path"
_OWN: Final = frozenset({"Function", "Resource"})
"""Ends of construct paths that name nothing."""


@dataclass(frozen=True)
class Client:
    name: str
    """The construct's, unique in the app: with its stack's part where two are called the same."""
    function: Function
    database: str
    """Empty for a function of the engine, which goes to each."""
    source: str
    """The folder of its code, from the app's; empty where the template doesn't say it."""
    asset: str
    """The folder of its bundle in the cloud assembly; empty where the template doesn't say it."""
    kind: ClassVar[Kind] = FUNCTION

    @property
    def role(self) -> str:
        return self.function.role

    @property
    def session(self) -> str:
        return self.function.name[:64]

    @property
    def user(self) -> str:
        return connection.user(self.function.environment)

    @property
    def host(self) -> str:
        return connection.host(self.function.environment)

    @property
    def secret(self) -> str:
        """The ARN of its user's secret; empty when it logs in with tokens."""
        return connection.secret(self.function.environment)

    @property
    def engine(self) -> bool:
        """Whether it is one of the library's own, which no app writes."""
        return not self.database


@dataclass(frozen=True)
class Found:
    """A function in a template."""

    part: str
    """Of the stack's name, after the environment's."""
    name: str
    body: Mapping[str, Any]
    function: Function


def functions(template: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The logical id, the construct's name and the resource of each function that has a database user."""
    for logical_id, resource in template["Resources"].items():
        variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if resource["Type"] == _TYPE and connection.is_told(variables):
            yield logical_id, _named(logical_id, resource), resource


def clients(found: list[Found]) -> tuple[Client, ...]:
    """With names that tell them apart."""
    names = [each.name for each in found]
    return tuple(
        Client(
            name=each.name if names.count(each.name) == 1 else f"{each.part}/{each.name}",
            function=each.function,
            database=connection.database(each.function.environment),
            source=source(each.body),
            asset=str(each.body.get("Metadata", {}).get(_ASSET, "")),
        )
        for each in found
    )


def source(resource: Mapping[str, Any]) -> str:
    """The folder of a function's code, from the app's; empty where the template doesn't say it."""
    return str(resource.get("Metadata", {}).get(_SOURCE, ""))


def _named(logical_id: str, resource: Mapping[str, Any]) -> str:
    words = str(resource.get("Metadata", {}).get(_PATH, "")).split("/")[1:]
    while words and words[-1] in _OWN:
        words.pop()
    return "/".join(words) or logical_id
