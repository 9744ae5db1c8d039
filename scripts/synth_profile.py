"""Where a synth's CPU time goes: each step runs again, with those before it, in a process of its own.

Run by `make synth-profile`. Changes nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import cdk_nag

from db_access.spec import AccessSpec
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.stacks.deployment import build
from keyless_checks import gates
from keyless_checks.plugin import TemplateRules
from stacks.environments import ENVIRONMENTS
from stacks.workload_stack import workload

_ROOT = Path(__file__).parents[1]
_SYNTH = [
    "node_modules/.bin/cdk",
    "synth",
    "--quiet",
    "--strict",
    "--no-lookups",
    "--no-notices",
    "-c",
    "environment=all",
]
_JUDGE = {"CI": "true"}
"""As in CI, where no verdict of the validator is kept."""


def _app() -> cdk.App:
    context = json.loads((_ROOT / "cdk.json").read_text())["context"]
    return cdk.App(outdir=tempfile.mkdtemp(), context={**context, "aws:cdk:bundling-stacks": []})


def _built() -> cdk.App:
    app, spec = _app(), AccessSpec.load(_ROOT / "config" / "access.yaml")
    for environment in ENVIRONMENTS:
        build(app, environment, spec, LAMBDA, [workload])
    return app


def _gated(*plugins: Callable[[cdk.App], cdk.IPolicyValidationPlugin]) -> None:
    app = _built()
    if plugins:
        cdk.Validations.of(app).add_plugins(*(plugin(app) for plugin in plugins))
    app.synth()


def _validator(_: cdk.App) -> cdk.IPolicyValidationPlugin:
    return cdk.CloudFormationValidatePlugin(guard_rules=gates.guard_rules(passwords=False))


def _rules(_: cdk.App) -> cdk.IPolicyValidationPlugin:
    return TemplateRules(bundled=False)


_PACKS = (cdk_nag.AwsSolutionsChecks, cdk_nag.NIST80053R5Checks)
STEPS: dict[str, Callable[[], object]] = {
    "Python imports the CDK, jsii starts": lambda: None,
    "an app": _app,
    "the stacks of every environment": _built,
    "templates": _gated,
    "cdk-nag, both packs": lambda: _gated(*_PACKS),
    "the rules of keyless_checks/": lambda: _gated(*_PACKS, _rules),
    "CDK validator, cfn-guard rules": lambda: _gated(*_PACKS, _rules, _validator),
}


def main() -> None:
    if len(sys.argv) > 1:
        STEPS[sys.argv[1]]()
        return
    before = 0.0
    print(f"| step ({len(ENVIRONMENTS)} environments) | CPU, s | so far, s |\n|---|---|---|")
    for step in STEPS:
        after = _cpu([sys.executable, "-m", "scripts.synth_profile", step], {"CDK_VALIDATION": "false"})
        print(f"| {step} | {after - before:.1f} | {after:.1f} |", flush=True)
        before = after
    _cpu(_SYNTH, _JUDGE)  # builds the bundles, unless they exist
    print(f"| `cdk synth`, all of it | | {_cpu(_SYNTH, _JUDGE):.1f} |")
    _cpu(_SYNTH, {})
    print(f"| `cdk synth`, nothing changed since the last | | {_cpu(_SYNTH, {}):.1f} |")


def _cpu(command: list[str], variables: dict[str, str]) -> float:
    """The CPU seconds of a command and its child processes."""
    before = os.times()
    result = subprocess.run(
        command, cwd=_ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise SystemExit(f"{' '.join(command)} fails:\n{result.stderr}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
