"""What a synth says of settings and templates that can't be."""

from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_rds as rds

from keyless_aurora.functions.bundling import BundlingError, PythonBundle
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.stacks.deployment import build
from keyless_checks.plugin import TemplateRules
from tests.app.environments import PROD
from tests.app.workload import workload
from tests.infrastructure.support import ROOT, SPEC, new_app

ENVIRONMENTS = ROOT / "tests/app/environments.py"


def misspelt(folder: Path) -> str:
    """Of a setting with another name and one of another type."""
    text = ENVIRONMENTS.read_text()
    return _refused(text.replace("backup_days=7, deletion_protection", "backup_days='7', deletion_protecton"))


def refused(folder: Path) -> str:
    """Of values that AWS would refuse."""
    text = ENVIRONMENTS.read_text()
    return _refused(
        text.replace("10.10.0.0/20", "10.0.0.0/23").replace("backup_days=1", "backup_days=36"), build_dev=True
    )


def _refused(text: str, *, build_dev: bool = False) -> str:
    with pytest.raises(SettingsError) as error:
        namespace: dict[str, object] = {"__name__": "stacks.environments"}
        exec(compile(text, str(ROOT / "stacks/environments.py"), "exec"), namespace)
        if build_dev:
            build(cdk.App(), namespace["DEV"], SPEC, LAMBDA, [workload])  # type: ignore[arg-type]
    return str(error.value)


def finding(folder: Path) -> str:
    """Of a proxy that takes connections without TLS."""
    app = new_app(folder / "cdk.out")
    deployment = build(app, replace(PROD), SPEC, LAMBDA, [workload])
    proxy = next(found for found in deployment.database.node.find_all() if isinstance(found, rds.CfnDBProxy))
    proxy.require_tls = False
    cdk.Validations.of(app).add_plugins(TemplateRules(bundled=False))
    with pytest.raises(RuntimeError) as error:
        app.synth()
    return str(error.value)


def refused_requirements(folder: Path) -> str:
    """Of a file that names another index."""
    package = folder / "bundle/package"
    package.mkdir(parents=True)
    comments = "# a comment\n" * 6
    (folder / "bundle/requirements.txt").write_text(f"{comments}--extra-index-url https://example.com/simple\n")
    with pytest.raises(BundlingError) as error:
        PythonBundle(folder / "bundle", package="package").build(LAMBDA, folder / "out")
    return str(error.value)
