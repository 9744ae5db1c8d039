"""Every policy document of the templates, of roles, keys, topics, endpoints and whatever else has one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.templates import Resource, Templates

TRUST = "AssumeRolePolicyDocument"
_NAMES = frozenset({TRUST, "PolicyDocument", "KeyPolicy", "ResourcePolicy"})
_IDENTITIES = frozenset({"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"})


@dataclass(frozen=True)
class Document:
    """`body` as it stands under `name` in a property of `resource`."""

    resource: Resource
    name: str
    body: Any

    @property
    def of_identity(self) -> bool:
        """Whether it says what an identity may do, so that it names no principal."""
        return self.name == "PolicyDocument" and self.resource.type in _IDENTITIES


def documents(templates: Templates) -> Iterator[Document]:
    for resource in templates.all():
        yield from _within(resource, resource.props)


def _within(resource: Resource, value: object) -> Iterator[Document]:
    match value:
        case dict():
            for key, item in value.items():
                if key in _NAMES:
                    yield Document(resource, key, item)
                else:
                    yield from _within(resource, item)
        case list():
            for item in value:
                yield from _within(resource, item)
