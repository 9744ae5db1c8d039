"""Stacks for the preflight's tests to plan: as a target, and as the cloud assembly that `cdk synth` would write."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keyless.preflight.planned.stack import Bootstrap, Stack
from keyless.preflight.planned.target import Target

STACK, PARAMETER = "KeylessAurora-dev-network", "/cdk-bootstrap/planned/version"
Resources = Mapping[str, Mapping[str, Any]]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def template(resources: Resources) -> dict[str, Any]:
    return {"Resources": dict(resources)}


def target(
    region: str, resources: Resources, *, account: str | None = None, bootstrap: tuple[Bootstrap, ...] = ()
) -> Target:
    """One stack with these resources."""
    return Target("dev", account, region, (Stack(STACK, account, region, template(resources), bootstrap),))


def write_assembly(
    folder: Path, resources: Resources, *, account: str = "unknown-account", region: str = "eu-west-1"
) -> Path:
    """The same as an assembly, whose assets ask for a newer bootstrap than the stack itself."""
    (folder / "template.json").write_text(json.dumps(template(resources)))
    needs = {"bootstrapStackVersionSsmParameter": PARAMETER}
    artifacts = {
        f"{STACK}.assets": {
            "type": "cdk:asset-manifest",
            "properties": {**needs, "file": "assets.json", "requiresBootstrapStackVersion": 21},
        },
        STACK: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/{region}",
            "properties": {**needs, "templateFile": "template.json", "requiresBootstrapStackVersion": 6},
            "dependencies": [f"{STACK}.assets"],
        },
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    return folder
