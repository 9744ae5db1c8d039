"""Makes a copy of a cloud assembly that deploys with the current credentials. Only its manifests differ.

Publishing through the CDK bootstrap roles fails in ministack with IAM enforced. Templates and assets stay byte for
byte.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROLE_KEYS = frozenset(
    {
        "assumeRoleArn",
        "assumeRoleExternalId",
        "assumeRoleAdditionalOptions",
        "cloudFormationExecutionRoleArn",
        "lookupRole",
    }
)


class AssemblyError(Exception):
    """A folder is not a cloud assembly."""


@dataclass(frozen=True)
class Removed:
    """A role that the copy does without."""

    file: str
    artifact: str
    key: str
    role: str


@dataclass(frozen=True)
class Target:
    """Where an assembly's stacks go."""

    account: str | None
    """None: that of whoever deploys."""
    region: str


def target(assembly: Path) -> Target:
    """The one that all stacks of an environment have."""
    artifacts = _read(assembly / "manifest.json")["artifacts"].values()
    where = next(a["environment"] for a in artifacts if a["type"] == "aws:cloudformation:stack")
    account, _, region = where.removeprefix("aws://").partition("/")
    return Target(account if account.isdigit() else None, region)


def localise(assembly: Path, target: Path) -> tuple[Removed, ...]:
    """Copy the assembly to `target`, which must not exist, and take the bootstrap roles out of the copy's manifests.

    Returns what was removed, for printing. Raises AssemblyError when there is no manifest.
    """
    manifests = _manifests(assembly)
    shutil.copytree(assembly, target)
    removed: list[Removed] = []
    for name in manifests:
        document = _read(target / name)
        removed += _strip(document, name)
        (target / name).write_text(json.dumps(document, indent=1), encoding="utf-8")
    return tuple(removed)


def stack_names(assembly: Path) -> tuple[str, ...]:
    """The assembly's CloudFormation stacks, in the order of its manifest."""
    return tuple(
        artifact.get("properties", {}).get("stackName", identifier)
        for identifier, artifact in _read(assembly / "manifest.json")["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    )


def templates(assembly: Path) -> tuple[dict[str, Any], ...]:
    """Of the assembly's CloudFormation stacks, in the order of its manifest."""
    artifacts = _read(assembly / "manifest.json")["artifacts"].values()
    files = (a["properties"]["templateFile"] for a in artifacts if a["type"] == "aws:cloudformation:stack")
    return tuple(_read(assembly / file) for file in files)


def qualifiers(assembly: Path) -> tuple[str, ...]:
    """Of the CDK bootstraps that the assembly's stacks ask for: in `/cdk-bootstrap/QUALIFIER/version`."""
    parameters = (
        artifact["properties"]["bootstrapStackVersionSsmParameter"]
        for artifact in _read(assembly / "manifest.json")["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    )
    return tuple(dict.fromkeys(parameter.split("/")[2] for parameter in parameters))


def _manifests(assembly: Path) -> list[str]:
    artifacts = _read(assembly / "manifest.json")["artifacts"].values()
    return ["manifest.json", *(a["properties"]["file"] for a in artifacts if a["type"] == "cdk:asset-manifest")]


def _strip(document: dict[str, Any], file: str) -> Iterator[Removed]:
    if "artifacts" in document:
        places = {name: artifact.get("properties", {}) for name, artifact in document["artifacts"].items()}
    else:
        assets = {**document.get("files", {}), **document.get("dockerImages", {})}
        places = {name: where for name, asset in assets.items() for where in asset["destinations"].values()}
    for name, place in places.items():
        for key in sorted(_ROLE_KEYS & place.keys()):
            value = place.pop(key)
            yield Removed(file, name, key, value["arn"] if key == "lookupRole" else str(value))


def _read(path: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"{path.parent} is not a cloud assembly: {error}") from error
    return document
