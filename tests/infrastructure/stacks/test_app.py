"""What the operator did wrong comes back as sentences and an exit status, never as a traceback."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest

import app as the_app
from db_access.errors import SpecError
from keyless_aurora.settings.error import SettingsError
from stacks.environments import ENVIRONMENTS
from stacks.error import UnknownEnvironmentError, UsageError
from tests.infrastructure.support import ROOT
from tests.infrastructure.variants import VARIANTS

BAD_SPEC = """
databases:
  - {name: app, schemas: [{name: foo, owner: rds_iam, colour: red}]}
users:
  - {username: Writer, grants: [{database: ap, schemas: [foo], access: read_only}]}
  - {username: writer, grants: [{database: app, schemas: [nowhere], access: everything}]}
  - {username: pg_me}
"""


def _compose(tmp_path: Path, **context: str) -> None:
    the_app.compose(cdk.App(outdir=str(tmp_path / "out"), context={**context, "aws:cdk:bundling-stacks": []}))


@pytest.mark.parametrize("context", [{}, {"environment": "production"}, {"environment": ""}])
def test_an_unknown_environment_lists_the_valid_ones(tmp_path: Path, context: dict[str, str]) -> None:
    with pytest.raises(UnknownEnvironmentError, match=r"allowed: ENV=NAME .* with one of: dev, staging, prod"):
        _compose(tmp_path, **context)


def test_an_unknown_bundle_target_lists_the_valid_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"bundle_for=moon is unknown; .* one of: lambda, host"):
        _compose(tmp_path, environment="dev", bundle_for="moon")


def test_a_missing_spec_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"nowhere\.yaml"):
        _compose(tmp_path, environment="dev", access=str(tmp_path / "nowhere.yaml"))


def test_a_database_that_exists_is_not_tried_out_as_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENVIRONMENTS, "there", replace(VARIANTS["existing-cluster"][0], name="there"))
    for database, problem in (("instance", "it exists already"), ("aurora", "it isn't Aurora")):
        with pytest.raises(SettingsError, match=rf"database: {problem}.* allowed: no -c database"):
            _compose(tmp_path, environment="there", database=database)


def test_another_database_or_pattern_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"database=mysql is unknown; .* one of: aurora, instance"):
        _compose(tmp_path, environment="dev", database="mysql")
    with pytest.raises(UsageError, match=r"pattern=E is unknown; .* one of: A, B, C, D"):
        _compose(tmp_path, environment="dev", pattern="E")


def _run(tmp_path: Path, root: Path = ROOT, **context: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}/constructs:{ROOT}/bootstrap_lambda:{ROOT}",
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(tmp_path / "out"),
    }
    return subprocess.run(
        [sys.executable, "app.py"], cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_app_ends_with_the_message_alone(tmp_path: Path) -> None:
    result = _run(tmp_path, environment="nope")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "no environment is named 'nope'; allowed: ENV=NAME for make, or -c environment=NAME for cdk, with one of: "
        "dev, staging, prod\n"
    )


@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        (
            "environments",
            "backup_days=35",
            'backup_days="35"',
            "Protection.backup_days: '35' is a text; allowed: a whole",
        ),
        (
            "environments",
            "protected=False",
            "protectd=False",
            "Environment.protectd: there is no such setting; did you",
        ),
        (
            "environments",
            "logs.RetentionDays.ONE_YEAR",
            "365",
            "LogRetention.retention: 365 is a whole number; allowed: ",
        ),
        (
            "environments",
            "watch_hours=6",
            "watch_hours=7",
            "monitoring.watch_hours: 7 doesn't divide the day; allowed: ",
        ),
        ("workload_stack", '"lambda_writer", 15', '"lambda_writer", "15"', "Sample.timeout_seconds: '15' is a text; "),
    ],
)
def test_a_wrong_setting_ends_the_app_with_the_file_and_line_that_it_is_in(
    tmp_path: Path, file: str, right: str, wrong: str, says: str
) -> None:
    for name in ("app.py", "stacks", "config"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    changed = tmp_path / "stacks" / f"{file}.py"
    changed.write_text(changed.read_text().replace(right, wrong))
    result = _run(tmp_path, tmp_path, environment="dev")
    assert (result.returncode, result.stdout) == (1, "")
    first, problem = result.stderr.splitlines()
    assert re.match(rf"stacks/{file}\.py:\d+: .* has 1 problem:", first) and problem.startswith(f"  - {says}")


def test_a_bad_spec_ends_the_app_with_every_problem_and_its_place(tmp_path: Path) -> None:
    spec = tmp_path / "bad.yaml"
    spec.write_text(BAD_SPEC)
    result = _run(tmp_path, environment="dev", access=str(spec))
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    places = [
        "databases[0].schemas[0].owner",
        "databases[0].schemas[0].colour",
        "users[0].grants[0].database",
        "users[1].grants[0].schemas[0]",
        "users[1].grants[0].access",
        "users[1].username",
        "users[2].username",
    ]
    lines = {
        place: re.search(rf"- {re.escape(place)} \(.*\), {re.escape(str(spec))}:(\d): ", result.stderr)
        for place in places
    }
    assert [found and int(found[1]) for found in lines.values()] == [3, 3, 5, 6, 6, 6, 7]
    assert result.stderr.count("allowed: ") >= len(places)
