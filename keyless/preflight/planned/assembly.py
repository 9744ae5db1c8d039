"""Reads a cloud assembly's manifest and templates.

The manifest's schema: aws-cdk's `cloud-assembly-schema`, AwsCloudFormationStackProperties. `cdk deploy --all` deploys
the stacks of the top-level assembly, so nested ones (stages) aren't read.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from keyless.preflight.planned.stack import Bootstrap, Stack
from keyless.stack_names import prefixes


class AssemblyError(Exception):
    """A folder is not a cloud assembly that can be deployed."""


def stacks(assembly: Path) -> tuple[Stack, ...]:
    """The assembly's stacks, in the order of its manifest.

    Raises:
        AssemblyError: when there is no readable manifest or template, or no stack.
    """
    artifacts = _read(assembly / "manifest.json").get("artifacts", {})
    found = tuple(_stack(name, artifact, assembly, artifacts) for name, artifact in _stack_artifacts(artifacts))
    if not found:
        raise AssemblyError(f"{assembly} has no stacks to deploy; `make synth ENV=...` writes them")
    return found


def refuse_others(environment: str, planned: Iterable[Stack], assembly: Path) -> None:
    """What another environment's stacks would fail at says nothing about this one's.

    Raises:
        AssemblyError: when the stacks are not those of `environment`, or not of it alone.
    """
    found = prefixes(stack.name for stack in planned)
    if found.keys() != {environment}:
        held = ", ".join(f"{prefix}-*" for prefix in sorted(found.values())) or "no stacks of this app"
        raise AssemblyError(
            f"{assembly} holds {held}; allowed: the stacks of {environment} alone, which "
            f"`make synth ENV={environment}` writes if there is such an environment"
        )


def _stack_artifacts(artifacts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, value) for name, value in artifacts.items() if value["type"] == "aws:cloudformation:stack")


def _stack(name: str, artifact: Mapping[str, Any], assembly: Path, artifacts: Mapping[str, Any]) -> Stack:
    account, region = _place(artifact["environment"])
    properties = artifact["properties"]
    return Stack(
        name=properties.get("stackName", name),
        account=account,
        region=region,
        template=_read(assembly / properties["templateFile"]),
        bootstrap=tuple(_bootstraps([artifact, *(artifacts[other] for other in artifact.get("dependencies", ()))])),
    )


def _bootstraps(artifacts: list[Mapping[str, Any]]) -> Iterator[Bootstrap]:
    """What the stack and its assets ask of the bootstrap. A dependency on another stack asks for that stack."""
    own, *dependencies = artifacts
    for artifact in (own, *(each for each in dependencies if each["type"] == "cdk:asset-manifest")):
        properties = artifact.get("properties", {})
        if parameter := properties.get("bootstrapStackVersionSsmParameter"):
            yield Bootstrap(parameter, int(properties.get("requiresBootstrapStackVersion", 0)))


def _place(environment: str) -> tuple[str | None, str | None]:
    """Account and region of `aws://ACCOUNT/REGION`; None where the stack leaves it to the credentials."""
    match = re.fullmatch(r"aws://([^/]+)/([^/]+)", environment)
    if not match:
        raise AssemblyError(f"{environment!r} is not the environment of a stack; allowed: aws://ACCOUNT/REGION")
    account, region = match.groups()
    return (None if account == "unknown-account" else account), (None if region == "unknown-region" else region)


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{path.parent} is not a cloud assembly: {error}") from error
    return document
