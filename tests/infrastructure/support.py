"""Synthesize the app in this process, and read templates by construct path instead of logical id."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from db_access.spec import AccessSpec
from keyless_aurora.lambda_platform import LAMBDA
from stacks.deployment import Deployment, build
from stacks.environments import Environment

ROOT = Path(__file__).parents[2]
SPEC = AccessSpec.load(ROOT / "config" / "access.yaml")
CONTEXT = json.loads((ROOT / "cdk.json").read_text())["context"]

Resource = dict[str, Any]
Change = Callable[["Templates"], object]
Rule = Callable[["Templates"], Iterator[str]]
"""Says what is wrong; nothing when all is well."""


@dataclass(frozen=True)
class Templates:
    """The templates of one environment by stack: network, database, access, workload."""

    by_stack: dict[str, dict[str, Any]]

    def broken(self, change: Change) -> "Templates":
        """A copy with `change` made to it."""
        result = Templates(copy.deepcopy(self.by_stack))
        change(result)
        return result

    def named(self, type_: str | None = None) -> Iterator[tuple[str, Resource]]:
        """Each resource (of one type) with its construct path, such as `network/Network/ProxyGroup`."""
        for stack, template in self.by_stack.items():
            for logical_id, resource in template["Resources"].items():
                if type_ in (None, resource["Type"]):
                    yield self._path(stack, logical_id), resource

    def of_type(self, type_: str) -> list[Resource]:
        return [resource for _, resource in self.named(type_)]

    def at(self, path: str) -> Resource:
        """The one resource at that construct path."""
        (found,) = [resource for name, resource in self.named() if name == path]
        return found

    def props(self, path: str) -> dict[str, Any]:
        properties: dict[str, Any] = self.at(path)["Properties"]
        return properties

    def waits_for(self, path: str) -> set[str]:
        """The construct paths that the resource at `path` names in DependsOn."""
        return {self._path(path.split("/")[0], logical_id) for logical_id in self.at(path).get("DependsOn", [])}

    def text(self, stack: str, value: Any) -> str:
        """A value as a reader would say it: references become construct paths, imports are followed."""
        match value:
            case {"Ref": "AWS::AccountId"}:
                return "ACCOUNT"
            case {"Ref": str(logical_id)}:
                return self._path(stack, logical_id)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return f"{self._path(stack, logical_id)}.{attribute}"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(stack, part) for part in parts)
            case {"Fn::ImportValue": name}:
                return self._import(name)
            case {"Fn::Select": [index, {"Fn::Split": [separator, inner]}]}:
                return f"part {index} by {separator} of {self.text(stack, inner)}"
            case _:
                return str(value)

    def _import(self, name: str) -> str:
        for stack, template in self.by_stack.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == name:
                    return self.text(stack, output["Value"])
        raise KeyError(name)

    def _path(self, stack: str, logical_id: str) -> str:
        resource = self.by_stack[stack]["Resources"].get(logical_id, {})
        _, _, path = resource.get("Metadata", {}).get("aws:cdk:path", f"/{logical_id}").partition("/")
        return f"{stack}/{path.removesuffix('/Resource').removesuffix('/Default')}"


@dataclass(frozen=True)
class Synthesis:
    environment: Environment
    app: cdk.App
    deployment: Deployment
    templates: Templates


def new_app(out: Path) -> cdk.App:
    """An app with the flags of cdk.json that bundles nothing."""
    return cdk.App(outdir=str(out), analytics_reporting=False, context={
        **CONTEXT, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True})


def synthesize(environment: Environment, out: Path, spec: AccessSpec = SPEC) -> Synthesis:
    app = new_app(out)
    deployment = build(app, environment, spec, LAMBDA)
    directory = Path(app.synth().directory)
    by_stack = {
        stack.stack_name.rpartition("-")[2]: json.loads((directory / f"{stack.stack_name}.template.json").read_text())
        for stack in deployment.stacks}
    return Synthesis(environment, app, deployment, Templates(by_stack))
