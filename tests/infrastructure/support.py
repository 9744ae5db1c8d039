"""Synthesize the app in this process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.deployment import Deployment, OwnStack, build
from tests.app.app import ACCESS
from tests.app.workload import workload
from tests.infrastructure.templates import Templates

ROOT = Path(__file__).parents[2]
SPEC = AccessSpec.load(ACCESS)
CONTEXT = json.loads((ROOT / "cdk.json").read_text())["context"]

Resource = dict[str, Any]


@dataclass(frozen=True)
class Synthesis:
    environment: Environment
    spec: AccessSpec
    app: cdk.App
    deployment: Deployment
    templates: Templates


def watched(raw: dict[str, Any]) -> AccessSpec:
    """`raw`, with the drift watch's user, who may connect to each of its databases."""
    databases = [database["name"] for database in raw["databases"]]
    users = [user for user in raw.get("users", ()) if user["username"] != "drift_watch"]
    watch = {"username": "drift_watch", "databases": databases, "connection_limit": 5}
    return AccessSpec.parse({**raw, "users": [*users, watch]})


def new_app(out: Path) -> cdk.App:
    """An app with the flags of cdk.json that bundles nothing."""
    return cdk.App(
        outdir=str(out),
        analytics_reporting=False,
        context={**CONTEXT, "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True},
    )


def synthesize(
    environment: Environment,
    out: Path,
    spec: AccessSpec = SPEC,
    own: Sequence[OwnStack] = (workload,),
    *,
    approved: Approved | None = None,
) -> Synthesis:
    app = new_app(out)
    deployment = build(app, environment, spec, LAMBDA, own, approved=approved)
    directory = Path(app.synth().directory)
    by_stack = {
        stack.stack_name.rpartition("-")[2]: json.loads((directory / f"{stack.stack_name}.template.json").read_text())
        for stack in deployment.stacks
    }
    return Synthesis(environment, spec, app, deployment, Templates(by_stack))
