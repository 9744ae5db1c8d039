"""manifest.json: the environment's stacks, with their asset manifests, and the reports that nobody deploys.

The forms are those of the CDK's default synthesizer, by which a bootstrap's roles and bucket deploy a stack.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from keyless.assembly.documents import sha256
from keyless.assembly.forms import Form, anything, each, exactly, mapping, record, shown, text
from keyless.assembly.limits import ARTIFACTS
from keyless.assembly.target import Target

VERSION: Final = text(r"\d+\.\d+\.\d+", "a version, as 55.0.0")
TEXT: Final = text(r"[^\x00-\x1f\x7f]{1,1000}", "a line of text")
_ID: Final = "[A-Za-z0-9-]{1,200}"
_WORD: Final = "[A-Za-z0-9]{1,200}"
"""Without a hyphen, or the stacks of an environment whose name begins alike would be taken for this one's."""
_STACK: Final = "aws:cloudformation:stack"
_ASSETS: Final = "cdk:asset-manifest"
_REPORTS: Final[Mapping[str, Form]] = {
    "cdk:tree": record({"type": anything, "properties": record({"file": exactly("tree.json")})}),
    "cdk:feature-flag-report": record(
        {"type": anything, "properties": record({"module": exactly("aws-cdk-lib"), "flags": mapping(TEXT, anything)})}
    ),
}
MANIFEST: Final = record({"version": VERSION, "artifacts": mapping(TEXT, anything)}, {"minimumCliVersion": VERSION})


def stacks(document: object) -> dict[str, dict[str, Any]]:
    """The stacks by their artifacts' names, of a document of any shape."""
    return _artifacts(document, _STACK)


def asset_manifests(document: object) -> set[str]:
    """The files that stacks have as their asset manifests."""
    return {f"{stack}.assets.json" for stack in stacks(document)} & {
        f"{name}.json" for name in _artifacts(document, _ASSETS)
    }


def _artifacts(document: object, kind: str) -> dict[str, dict[str, Any]]:
    artifacts = document.get("artifacts") if isinstance(document, dict) else None
    found = artifacts.items() if isinstance(artifacts, dict) else ()
    return {name: artifact for name, artifact in found if isinstance(artifact, dict) and artifact.get("type") == kind}


def target_of(document: Any, environment: str, qualifier: str, app: str) -> Target | None:
    """Where its first stack goes, if it says that readably."""
    where = next((stack.get("environment") for stack in stacks(document).values()), None)
    return Target(environment, qualifier, where, app) if isinstance(where, str) and Target.readable(where) else None


def manifest_problems(document: Any, assembly: Path, target: Target) -> Iterator[str]:
    """Beyond what `MANIFEST` says, which needs no target."""
    artifacts = document.get("artifacts") if isinstance(document, dict) else None
    if isinstance(artifacts, dict) and len(artifacts) > ARTIFACTS:
        yield f"manifest.json, artifacts: there are {len(artifacts)}; allowed: {ARTIFACTS}"
    elif isinstance(artifacts, dict):
        for name, artifact in artifacts.items():
            form = _artifact(name, artifact, artifacts, assembly, target)
            yield from form(f"manifest.json, artifact {shown(name)}", artifact)
        yield from _alike(document)


def _artifact(name: str, artifact: object, artifacts: Mapping[str, Any], assembly: Path, target: Target) -> Form:
    kind = artifact.get("type") if isinstance(artifact, dict) else None
    if kind == _STACK:
        return _stack(name, artifacts, assembly, target)
    if kind == _ASSETS:
        return _asset_manifest(name, artifacts, target)
    if isinstance(kind, str) and kind in _REPORTS:
        return _REPORTS[kind]
    return record({"type": exactly(_STACK, _ASSETS, *_REPORTS)}, {"properties": anything})


def _asset_manifest(name: str, artifacts: Mapping[str, Any], target: Target) -> Form:
    stack = name.removesuffix(".assets")
    owned = stack != name and stack in stacks({"artifacts": artifacts})
    properties = record({"file": exactly(f"{stack}.assets.json") if owned else exactly(), **_bootstrap(target)})
    return record({"type": anything, "properties": properties})


def _bootstrap(target: Target) -> dict[str, Form]:
    return {
        "requiresBootstrapStackVersion": exactly(*range(1, 100)),
        "bootstrapStackVersionSsmParameter": exactly(target.version_parameter),
    }


def _stack(name: str, artifacts: Mapping[str, Any], assembly: Path, target: Target) -> Form:
    own = text(re.escape(target.prefix) + _WORD, f"{target.prefix} and one word")
    others = each(exactly(*(other for other in artifacts if other != name)))
    properties = record(_required(name, assembly, target), {"stackName": own, "additionalDependencies": others})
    form = record(
        {"type": anything, "environment": exactly(target.where), "properties": properties},
        {"dependencies": others, "displayName": TEXT, "additionalMetadataFile": exactly(f"{name}.metadata.json")},
    )

    def problems(place: str, value: object) -> Iterator[str]:
        yield from own(place, name)
        yield from form(place, value)

    return problems


def _required(name: str, assembly: Path, target: Target) -> dict[str, Form]:
    lookup = record({"arn": exactly(target.role("lookup")), **_bootstrap(target)})
    return {
        "templateFile": exactly(f"{name}.template.json"),
        "terminationProtection": exactly(True, False),
        "validateOnSynth": exactly(False),
        "assumeRoleArn": exactly(target.role("deploy")),
        "cloudFormationExecutionRoleArn": exactly(target.role("cfn-exec")),
        "stackTemplateAssetObjectUrl": exactly(f"s3://{target.bucket}/{_digest(assembly, name)}.json"),
        "lookupRole": lookup,
        **_bootstrap(target),
    }


def _digest(assembly: Path, name: str) -> str:
    """By which CDK names a template's asset. The name of an artifact could be a path, which isn't followed."""
    path = assembly / f"{name}.template.json"
    return sha256(path) if re.fullmatch(_ID, name) and path.is_file() else f"SHA-256-OF-{name}.template.json"


def _alike(document: object) -> Iterator[str]:
    """Of an environment's stacks, all are protected or none is, so that one can't be taken out."""
    found: dict[bool, list[str]] = {}
    for name, stack in stacks(document).items():
        properties = stack.get("properties")
        protected = properties.get("terminationProtection") if isinstance(properties, dict) else None
        found.setdefault(protected is True, []).append(name)
    if len(found) > 1:
        yield (
            f"manifest.json: terminationProtection is true for {shown(found[True])} and not for {shown(found[False])}; "
            "allowed: the same for all stacks of an environment"
        )
