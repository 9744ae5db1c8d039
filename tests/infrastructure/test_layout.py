"""Where things stand: what shadows a library, and what an app command needs."""

import json
from pathlib import Path

import constructs
import pytest

from tests.infrastructure.support import ROOT


def shadows(root: Path) -> list[str]:
    """Source roots that Python would take for packages: constructs/ would hide the library of that name."""
    return [name for name in ("constructs", "bootstrap_lambda", "client") if (root / name / "__init__.py").exists()]


def test_the_source_roots_are_no_packages() -> None:
    assert shadows(ROOT) == []
    assert Path(constructs.__file__).parents[1].name == "site-packages"


@pytest.mark.parametrize("name", ["constructs", "bootstrap_lambda", "client"])
def test_a_source_root_that_became_a_package_is_seen(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    assert shadows(tmp_path) == [name]


def test_the_app_runs_with_the_projects_interpreter_and_reports_nothing_home() -> None:
    settings = json.loads((ROOT / "cdk.json").read_text())
    assert settings["app"] == "PYTHONPATH=constructs:bootstrap_lambda:client .venv/bin/python app.py"
    assert settings["versionReporting"] is False
    assert settings["context"]["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert settings["context"]["@aws-cdk/aws-rds:databaseProxyUniqueResourceName"] is True
