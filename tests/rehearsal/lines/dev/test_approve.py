"""`make approve` on the rehearsal's cloud: the deployed drift watch is found by its stack, and asked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.cli.environment.watch import WatchError, watch_of
from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from tests.rehearsal.lines.dev.place import PLACE, REGION
from tests.rehearsal.rehearsed import APP


def approve(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a folder of its own, whose app.py says what the app's does. A region of the process's must not count."""
    shutil.copytree(APP.path / "config", folder / "config")
    app = json.loads((APP.path / "cdk.json").read_text())["app"]
    (folder / "cdk.json").write_text(json.dumps({"app": f"cd {APP.path} && {app}"}))
    command = [sys.executable, "-m", "keyless.approval", "--app", str(folder), *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    elsewhere = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    return subprocess.run(
        command, env={**kept, **environment, **elsewhere}, capture_output=True, text=True, check=False
    )


def test_the_watch_writes_what_a_deploy_would_do(stage: Stage, deployed: Deployed, tmp_path: Path) -> None:
    answer = approve(tmp_path, stage.cloud.environment(), "--environment", "dev")
    assert answer.returncode == 0, answer.stderr
    written = json.loads((tmp_path / "config" / "approved" / "dev.json").read_text())
    assert [(one["database"], one["effects"], one["shared"]) for one in written["databases"]] == [("app", [], [])]
    assert written["spec"] == deployed.spec_digest


def test_a_stack_that_is_not_there_is_named_with_the_way_for_the_first_deploy(stage: Stage, tmp_path: Path) -> None:
    answer = approve(tmp_path, stage.cloud.environment(), "--environment", "staging")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "there is no stack KeylessAurora-staging-access in account of the current credentials" in answer.stderr
    assert "ARGS=--first" in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "config" / "approved").exists()


def test_an_unknown_environment_is_named_with_those_there_are(tmp_path: Path) -> None:
    answer = approve(tmp_path, {}, "--environment", "qa")
    assert (answer.returncode, "allowed: dev, staging, prod" in answer.stderr) == (1, True)


def test_without_credentials_it_says_so(tmp_path: Path) -> None:
    nothing = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}
    answer = approve(tmp_path, {**nothing, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}, "--environment", "dev")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "there are no AWS credentials; allowed: " in answer.stderr and "Traceback" not in answer.stderr


def test_the_first_one_asks_nobody(tmp_path: Path) -> None:
    answer = approve(tmp_path, {}, "--environment", "prod", "--first")
    assert answer.returncode == 0, answer.stderr
    assert json.loads((tmp_path / "config" / "approved" / "prod.json").read_text())["first"] is True


def test_a_stack_without_a_watch_is_refused(stage: Stage) -> None:
    with pytest.raises(WatchError, match="has 0 drift watches; allowed: one"):
        watch_of(stage.cloud.client, REGION, f"{PLACE.prefix}-workload")


def test_the_watch_of_another_account_is_not_asked(stage: Stage) -> None:
    found = watch_of(stage.cloud.client, REGION, f"{PLACE.prefix}-access")
    assert found.split(":")[3] == REGION
    with pytest.raises(WatchError, match="in account 999999999999, region eu-west-1 has 0 drift watches"):
        watch_of(stage.cloud.client, REGION, f"{PLACE.prefix}-access", "999999999999")
