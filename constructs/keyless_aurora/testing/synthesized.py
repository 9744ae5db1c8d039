"""An app, synthesized in this process in each of its environments."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.app import KeylessApp
from keyless_aurora.app.error import UsageError
from keyless_aurora.budget.connections import Budget
from keyless_aurora.settings.checked import all_at_once
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.targets import SharedTargetError
from keyless_aurora.stacks.deployment import Deployment
from keyless_aurora.testing import texts
from keyless_aurora.testing.findings import findings
from keyless_checks.reading.templates import Templates


@dataclass(frozen=True)
class Made:
    """One environment."""

    templates: Templates
    budget: Budget


@dataclass(frozen=True)
class Synthesized:
    spec: AccessSpec
    environments: Mapping[str, Made]
    nested: Mapping[str, dict[str, Any]]
    """Templates of nested stacks, whichever environment's they are."""
    findings: tuple[str, ...]
    """What fails a synth: what the gates find and nothing acknowledges."""

    def assert_gates_hold(self) -> None:
        """Raises AssertionError with every finding, and where it is."""
        __tracebackhide__ = True
        if self.findings:
            raise AssertionError("\n  - ".join([f"the gates have {len(self.findings)} finding(s):", *self.findings]))

    def files(self) -> dict[str, str]:
        """What there is to review, by file name: who may do what in the database, and in a folder for each environment
        the templates, the rights of every role, who reaches whom, and the sum of the connections."""
        found = {"access.txt": texts.access(self.spec)}
        for name, made in self.environments.items():
            found |= {f"{name}/{file}": text for file, text in _files(made).items()}
        return found | {f"nested/{name}.json": texts.template(body) for name, body in self.nested.items()}


def synthesized(app: Callable[[], KeylessApp], out: Path, *, cdk_json: Path) -> Synthesized:
    """Every environment of an app, with the gates of `cdk synth`, but without the bundles of its functions.

    Args:
        app: makes the app, as `run` takes it.
        out: an empty folder for the templates.
        cdk_json: whose feature flags decide how templates look.

    Raises:
        AssertionError: with the sentence that a synth would end with.
    """
    __tracebackhide__ = True
    try:
        with all_at_once():
            made = app()
        return _synthesized(made, out, json.loads(cdk_json.read_text(encoding="utf-8"))["context"])
    except (SpecError, SettingsError, SharedTargetError, UsageError) as error:
        raise AssertionError(str(error)) from None


def _synthesized(app: KeylessApp, out: Path, flags: Mapping[str, object]) -> Synthesized:
    made_in = cdk.App(
        outdir=str(out),
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={**flags, **_AS_THE_COMMAND_LINE},
    )
    composed = app.compose(made_in)
    found = findings(made_in, composed.gates)
    made = {name: _made(app, each, out) for name, each in zip(app.environments, composed.deployments, strict=True)}
    return Synthesized(AccessSpec.load(app.access), made, _nested(out), found)


_AS_THE_COMMAND_LINE = {
    "environment": "all",
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:bundling-stacks": [],
}
"""What it tells an app. No stack is bundled, which would take an index of packages."""


def _nested(out: Path) -> dict[str, dict[str, Any]]:
    ending = ".nested.template.json"
    files = sorted(out.glob(f"*{ending}"))
    return {file.name.removesuffix(ending): json.loads(file.read_text(encoding="utf-8")) for file in files}


def _made(app: KeylessApp, deployment: Deployment, out: Path) -> Made:
    files = [out / f"{stack.stack_name}.template.json" for stack in deployment.stacks]
    return Made(Templates.read(files, own=app.own), deployment.budget)


def _files(made: Made) -> dict[str, str]:
    return {
        **{f"{stack}.json": texts.template(body) for stack, body in made.templates.by_stack.items()},
        "rights.txt": texts.rights(made.templates),
        "reachability.txt": texts.reachability(made.templates),
        "connections.txt": texts.connections(made.budget),
    }
