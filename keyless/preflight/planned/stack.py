"""A stack that will be deployed, and the resources in its template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bootstrap:
    """A version of CDK's bootstrap that is needed, and the SSM parameter that has the one that is there."""

    parameter: str
    version: int


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Stack:
    name: str
    account: str | None
    """None: the account of the credentials."""
    region: str | None
    """None: the region of the credentials."""
    template: Mapping[str, Any]
    bootstrap: tuple[Bootstrap, ...]

    def resources(self, *types: str) -> Iterator[Resource]:
        """The template's resources of these types."""
        for logical_id, resource in self.template.get("Resources", {}).items():
            if resource["Type"] in types:
                yield Resource(self.name, logical_id, resource["Type"], resource.get("Properties", {}))


def literal(value: object, pseudo: Mapping[str, str]) -> str | None:
    """A property's text as it will be, with `pseudo` parameters such as AWS::Region; None if only a deploy knows it."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return pseudo.get(name)
        case {"Fn::Join": [str(separator), [*parts]]}:
            known = [literal(part, pseudo) for part in parts]
            return None if None in known else separator.join(part for part in known if part is not None)
    return None
