"""The templates of one environment, read by construct path instead of logical id. Must not change them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from keyless_checks.reading.own import NOTHING, Own

Properties = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource of a template."""

    stack: str
    logical_id: str
    path: str
    """Where it stands, such as `network/Network/ProxyGroup`."""
    body: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.body.get("Type"))

    @property
    def props(self) -> Properties:
        properties = self.body.setdefault("Properties", {})
        return properties if isinstance(properties, dict) else {}


@dataclass(frozen=True)
class Templates:
    """The templates of one environment by stack: network, database, access, … Indexed once: who changes them makes
    another."""

    by_stack: dict[str, dict[str, Any]]
    assets: Path | None = field(default=None, compare=False)
    """The folder with the built assets, where there is one."""
    bundled: bool = True
    """Whether the bundles are for Lambda, so that they must fit its runtimes."""
    own: Own = NOTHING
    """What the app's own stacks may have beside."""

    @classmethod
    def read(
        cls, files: Iterable[Path], assets: Path | None = None, *, bundled: bool = True, own: Own = NOTHING
    ) -> "Templates":
        """From `<prefix>-<stack>.template.json` files."""
        return cls(
            {
                file.name.removesuffix(".template.json").rpartition("-")[2]: json.loads(file.read_text())
                for file in files
            },
            assets,
            bundled,
            own,
        )

    def asset(self, place: Resource) -> Path | None:
        """The folder of the asset of a function or layer, when assets were built."""
        key = (place.props.get("Code") or place.props.get("Content") or {}).get("S3Key")
        return self.assets / f"asset.{key.removesuffix('.zip')}" if self.assets and isinstance(key, str) else None

    def all(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, or of any."""
        if not types:
            yield from self._resources.values()
        for type_ in dict.fromkeys(types):
            yield from self._by_type.get(type_, ())

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self._resources.values():
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def _resources(self) -> dict[tuple[str, str], Resource]:
        """By stack and logical id."""
        return {
            (stack, logical_id): Resource(stack, logical_id, _path(stack, logical_id, body), body)
            for stack, template in self.by_stack.items()
            for logical_id, body in template.get("Resources", {}).items()
            if isinstance(body, dict)
        }

    @cached_property
    def _by_path(self) -> dict[str, Resource]:
        return {resource.path: resource for resource in self._resources.values()}

    @cached_property
    def exports(self) -> dict[str, tuple[str, Any]]:
        """What each exported name stands for, and in which stack."""
        return {
            name: (stack, output.get("Value"))
            for stack, template in self.by_stack.items()
            for output in template.get("Outputs", {}).values()
            if isinstance(export := output.get("Export"), dict) and isinstance(name := export.get("Name"), str)
        }

    def find(self, path: str) -> Resource | None:
        """The resource at that construct path, or at the path in a text such as `database/Proxy/Role.Arn`."""
        return self._by_path.get(path) or self._by_path.get(path.partition(".")[0])

    def target(self, stack: str, value: Any) -> Resource | None:
        """The resource that a value refers to, through imports."""
        return self.find(self.text(stack, value))

    def resource(self, stack: str, logical_id: str) -> Resource | None:
        """The resource with that logical id."""
        return self._resources.get((stack, logical_id))

    def waits_for(self, path: str) -> set[str]:
        """The construct paths that the resource at `path` names in DependsOn."""
        resource = self._by_path.get(path)
        named = as_list(resource.body.get("DependsOn", [])) if resource else []
        return {self._path(resource.stack, logical_id) for logical_id in named} if resource else set()

    def text(self, stack: str, value: Any) -> str:
        """A value in readable form: references become construct paths, imports are followed."""
        match value:
            case {"Ref": "AWS::AccountId"}:
                return "ACCOUNT"
            case {"Ref": str(logical_id)}:
                return self._path(stack, logical_id)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return f"{self._path(stack, logical_id)}.{attribute}"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(stack, part) for part in parts)
            case {"Fn::Base64": inner}:
                return self.text(stack, inner)
            case {"Fn::ImportValue": str(name)} if name in self.exports:
                return self.text(*self.exports[name])
            case {"Fn::Select": [index, {"Fn::Split": [separator, inner]}]}:
                return f"part {index} by {separator} of {self.text(stack, inner)}"
            case _:
                return str(value)

    def _path(self, stack: str, logical_id: str) -> str:
        found = self._resources.get((stack, logical_id))
        return found.path if found else f"{stack}/{logical_id}"


def _path(stack: str, logical_id: str, body: dict[str, Any]) -> str:
    _, _, path = body.get("Metadata", {}).get("aws:cdk:path", f"/{logical_id}").partition("/")
    return f"{stack}/{path.removesuffix('/Resource').removesuffix('/Default')}"


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
