"""What `make setup` installs: what is locked and no more, and for a synth nothing of the tests' and the rehearsal's."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infrastructure.functions.index import Index
from tests.infrastructure.functions.test_locks import entries
from tests.infrastructure.support import ROOT

GENUINE = "answer = 42\n"
_IMPORTED = """
import sys
from importlib.metadata import packages_distributions
import aws_cdk as cdk
from tests.app import app
app.app().compose(cdk.App(outdir=sys.argv[1], context={"environment": "dev", "aws:cdk:bundling-stacks": []}))
owners = packages_distributions()
print(*{owner for name in {module.partition(".")[0] for module in sys.modules} for owner in owners.get(name, ())})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose synth needs `thing`, with its Makefile."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "requirements.txt").write_text(Index(tmp_path / "genuine", GENUINE).requirement)
    return folder


def _set_up(project: Path, index: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", "--silent", ".venv/.for-synth", f"PYTHON={sys.executable}"],
        cwd=project,
        env={**environment, "KEYLESS_INDEX_URL": f"{project.parent.as_uri()}/{index}", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def _installed(project: Path) -> list[str]:
    return [path.read_text() for path in project.glob(".venv/lib/python*/site-packages/thing.py")]


def test_a_swapped_wheel_is_not_installed_and_the_next_setup_tries_again(project: Path) -> None:
    Index(project.parent / "swapped", "answer = 666\n")
    refused = _set_up(project, "swapped")
    assert refused.returncode != 0
    assert "thing==1.0 from" in refused.stderr and "/swapped/thing/thing-1.0-py3-none-any.whl" in refused.stderr
    assert _installed(project) == []
    assert _set_up(project, "genuine").returncode == 0
    assert _installed(project) == [GENUINE]


def test_a_package_without_a_hash_is_not_installed(project: Path) -> None:
    (project / "requirements.txt").write_text("thing==1.0\n")
    refused = _set_up(project, "genuine")
    assert "Hashes are required in --require-hashes mode" in refused.stderr
    assert _installed(project) == []


def test_pip_s_settings_on_this_machine_do_not_count(project: Path) -> None:
    (project.parent / "empty").mkdir()
    genuine, file = (project.parent / "genuine").as_uri(), project.parent / "pip.conf"
    file.write_text(f"[global]\nextra-index-url = {genuine}\n")
    refused = _set_up(project, "empty", PIP_EXTRA_INDEX_URL=genuine, PIP_INDEX_URL=genuine, PIP_CONFIG_FILE=str(file))
    assert "No matching distribution found for thing==1.0" in refused.stderr


def test_a_setup_for_another_purpose_leaves_nothing_of_the_one_before(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    for name in (".for-dev", "bin/old-tool"):
        (project / ".venv" / name).touch()
    assert _set_up(project, "genuine").returncode == 0
    assert [name for name in (".for-dev", "bin/old-tool") if (project / ".venv" / name).exists()] == []


def test_a_synth_imports_only_what_requirements_txt_names(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(ROOT / path) for path in (".", "constructs", "bootstrap_lambda"))
    run = subprocess.run(
        [sys.executable, "-c", _IMPORTED, str(tmp_path / "cdk.out")],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    locked = {entry.requirement.name for entry in entries(ROOT / "requirements.txt")}
    imported = {name.lower().replace("_", "-").replace(".", "-") for name in run.stdout.split()}
    assert {"aws-cdk-lib", "pydantic"} <= imported
    assert imported - locked - {"setuptools"} == set()  # which venv puts beside pip, before Python 3.12


@pytest.mark.parametrize("makefile", ["Makefile", "keyless/init/template/app/Makefile"])
@pytest.mark.parametrize("tools", [{}, {"node": 18, "npm": 0}, {"node": 22}], ids=["none", "old", "no npm"])
def test_without_a_node_that_is_new_enough_it_says_what_is_needed(
    tmp_path: Path, makefile: str, tools: dict[str, int]
) -> None:
    folder, path = tmp_path / "project", tmp_path / "bin"
    for each in (folder, path):
        each.mkdir()
    shutil.copy(ROOT / makefile, folder / "Makefile")
    for name in ("package.json", "package-lock.json"):
        (folder / name).touch()
    for name in ("sh", "awk", "uname"):
        (path / name).symlink_to(shutil.which(name) or name)
    for name, version in tools.items():
        (path / name).write_text(f"#!/bin/sh\nexit {int(version < 20)}\n")
        (path / name).chmod(0o700)
    modules = "node_modules/.installed" if "template" in makefile else "node_modules/.for-dev"
    made = subprocess.run(
        [shutil.which("make") or "make", "--silent", modules],
        cwd=folder,
        env={"PATH": str(path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0 and "installing" not in made.stdout
    assert made.stderr.splitlines()[0] == ("Node 20 or newer is needed, with npm: install it, or put it on the PATH")


@pytest.mark.parametrize(("version", "status"), [("20.0.0", 0), ("24.1.0", 0), ("18.20.4", 1), ("9.11.2", 1)])
def test_which_node_is_new_enough(version: str, status: int) -> None:
    """The Makefiles' own condition, in a real node that is told another version."""
    (condition,) = set(re.findall(r"node -e '(.*?)'", (ROOT / "Makefile").read_text()))
    told = f"Object.defineProperty(process.versions, 'node', {{value: '{version}'}}); {condition}"
    assert subprocess.run(["node", "-e", told], check=False).returncode == status
