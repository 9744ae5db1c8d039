"""The real command line synthesizes the app without warnings, credentials, or any network but the package index."""

import json
import os
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.checks.test_checks import acknowledgements
from tests.infrastructure.pipeline.archives import run, sha256
from tests.infrastructure.stacks.contents import packages, strangers
from tests.infrastructure.support import ROOT

ACCOUNT = "111122223333"
BUNDLES = Path(__file__).with_name("bundles.json")
"""What was reviewed. UPDATE_SNAPSHOTS=1 rewrites it."""
_PATHS = "PYTHONPATH=.:constructs:bootstrap_lambda:client .venv/bin/python"
_INDEX = (urlsplit(os.environ.get("KEYLESS_INDEX_URL", "")).hostname or "pypi.org", "files.pythonhosted.org")
_NO_NETWORK = {
    **{name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")},
    **{name: ",".join(_INDEX) for name in ("NO_PROXY", "no_proxy")},
}
"""But to what pip asks."""


def _synth(out: Path, *arguments: str, env: Mapping[str, str], app: str = "-m tests.app.app") -> None:
    """A finding of a check, or a warning, makes it fail."""
    result = _run(out, *arguments, env=env, app=app)
    assert result.returncode == 0, result.stderr


def _run(out: Path, *arguments: str, env: Mapping[str, str], app: str) -> "subprocess.CompletedProcess[str]":
    """`cdk synth` as make runs it."""
    command = [
        str(ROOT / "node_modules" / ".bin" / "cdk"),
        "synth",
        "--strict",
        "--no-lookups",
        "--quiet",
        "--no-notices",
        "-c",
        "environment=all",
        "--app",
        f"{_PATHS} {app}",
        "--output",
        str(out),
        *arguments,
    ]
    return subprocess.run(
        command, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False, timeout=400, umask=0o022
    )


def _environment(tmp_path: Path) -> dict[str, str]:
    """No credentials, from wherever the command line might take them, and no verdict that was kept."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CDK_"))}
    return {
        **kept,
        "CI": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "CDK_DISABLE_CLI_TELEMETRY": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The assembly for whoever deploys, bundled for Lambda."""
    out = tmp_path_factory.mktemp("synth") / "cdk.out"
    _synth(out, env=_environment(out.parent))
    yield out


def _json(path: Path) -> Any:
    return json.loads(path.read_text())


def _assets(out: Path, stack: str) -> list[Path]:
    files = _json(out / f"KeylessAurora-prod-{stack}.assets.json")["files"]
    return [out / f["source"]["path"] for f in files.values() if f["source"]["packaging"] == "zip"]


def test_without_an_account_the_templates_fit_any(synthesized: Path) -> None:
    artifacts = _json(synthesized / "manifest.json")["artifacts"]
    assert artifacts["KeylessAurora-prod-network"]["environment"] == "aws://unknown-account/eu-west-1"
    assert "missing" not in _json(synthesized / "manifest.json")


@pytest.mark.parametrize(
    ("environment", "app"),
    [*((name, "-m tests.app.app") for name in ENVIRONMENTS), ("prod", "-m tests.infrastructure.stacks.own_stack_app")],
)
def test_a_job_that_deploys_takes_the_assembly(tmp_path: Path, environment: str, app: str) -> None:
    out, archive = tmp_path / "cdk.out", tmp_path / "assembly.tar.gz"
    _synth(out, "-c", f"environment={environment}", env=_environment(tmp_path), app=app)
    with tarfile.open(archive, "w:gz", compresslevel=1) as opened:
        opened.add(out, "cdk.out")
    answer = run(archive, sha256(archive), tmp_path / "taken", environment)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""


def _bundles(out: Path) -> dict[str, Path]:
    """Where each bundle's packages are, by the package of ours in it."""
    assets = _assets(out, "access")
    (bootstrap,) = [asset for asset in assets if (asset / "db_access").is_dir()]
    (layer,) = [asset / "python" for asset in assets if (asset / "python" / "keyless_client").is_dir()]
    return {"db_access": bootstrap, "keyless_client": layer}


def test_the_bundles_are_for_lambda_whatever_machine_made_them(synthesized: Path) -> None:
    for package, root in _bundles(synthesized).items():
        compiled = [path.name for path in root.rglob("*.so")]
        assert compiled, package
        assert [name for name in compiled if "cpython-314-aarch64" not in name] == []
        assert [path for path in root.rglob("*.pyc") if ".cpython-314." not in path.name] == []


def test_the_bundles_hold_what_was_reviewed_and_nothing_else(synthesized: Path) -> None:
    bundles = _bundles(synthesized)
    text = json.dumps({name: packages(root) for name, root in bundles.items()}, indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        BUNDLES.write_text(text)
    assert text == BUNDLES.read_text(), "the packages in the bundles differ; when that is meant: UPDATE_SNAPSHOTS=1"
    assert {name: strangers(root, name) for name, root in bundles.items()} == {"db_access": [], "keyless_client": []}


def test_nobody_but_its_owner_may_write_to_what_is_deployed(synthesized: Path) -> None:
    assert [path for path in (synthesized, *synthesized.rglob("*")) if path.stat().st_mode & 0o022] == []


def test_no_gate_found_anything_unacknowledged_and_each_acknowledgement_was_needed(synthesized: Path) -> None:
    reports = {r["pluginName"]: r for r in _json(synthesized / "validation-report.json")["pluginReports"]}
    assert {"AwsSolutions", "NIST.800.53.R5", "CloudFormation Validate"} <= set(reports)
    assert [v["ruleName"] for report in reports.values() for v in report["violations"]] == []
    used = {v["acknowledgedId"] for report in reports.values() for v in report["suppressedViolations"]}
    assert {id for id, _, _ in acknowledgements(synthesized)} == used


def test_a_synth_takes_nothing_that_lies_in_its_output_folder(synthesized: Path) -> None:
    """A bundle's name is a digest of what it is made from, which whoever proposes a change knows."""
    before = {name: packages(root) for name, root in _bundles(synthesized).items()}
    poisoned = [path for path in synthesized.glob("asset.*/**/*.py") if path.name in ("handler.py", "watch.py")]
    assert len(poisoned) > 2
    for path in poisoned:
        path.write_text("raise SystemExit('poison')\n")
    (synthesized / "manifest.json").unlink()
    _synth(synthesized, env=_environment(synthesized.parent))
    assert [path for path in synthesized.rglob("*.py") if "poison" in path.read_text()] == []
    assert {name: packages(root) for name, root in _bundles(synthesized).items()} == before


def test_a_gate_that_raises_ends_the_command_line_with_one_sentence(tmp_path: Path) -> None:
    answer = _run(
        tmp_path / "cdk.out", env=_environment(tmp_path), app="-m tests.infrastructure.stacks.raising_gate_app"
    )
    assert answer.returncode == 1
    assert "the gate 'Keyless' could not judge, so nothing may be deployed: ZeroDivisionError: " in answer.stderr
    assert "Traceback" not in answer.stderr


def test_with_an_account_nothing_is_looked_up_and_nothing_fetched(synthesized: Path) -> None:
    env = {**_environment(synthesized.parent), **_NO_NETWORK}
    _synth(synthesized, env=env, app="-m tests.infrastructure.stacks.account_app")
    manifest = _json(synthesized / "manifest.json")
    assert manifest["artifacts"]["KeylessAurora-prod-network"]["environment"] == f"aws://{ACCOUNT}/eu-west-1"
    assert "missing" not in manifest
    zones = {
        r["Properties"]["AvailabilityZone"]
        for r in _json(synthesized / "KeylessAurora-prod-network.template.json")["Resources"].values()
        if r["Type"] == "AWS::EC2::Subnet"
    }
    assert zones == {"eu-west-1a", "eu-west-1b", "eu-west-1c"}
