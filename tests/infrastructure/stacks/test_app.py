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

from db_access.errors import SpecError
from keyless_aurora.app.error import UnknownEnvironmentError, UsageError
from keyless_aurora.settings.error import SettingsError
from tests.app.app import app
from tests.app.environments import ENVIRONMENTS
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
    app().compose(cdk.App(outdir=str(tmp_path / "out"), context={**context, "aws:cdk:bundling-stacks": []}))


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
    for database, problem in (
        ("instance", "it exists already"),
        ("mariadb", "it exists already"),
        ("aurora", "it isn't Aurora"),
        ("aurora-mysql", "it isn't Aurora"),
    ):
        with pytest.raises(SettingsError, match=rf"database: {problem}.* allowed: no -c database"):
            _compose(tmp_path, environment="there", database=database)


def test_what_is_tried_out_and_cannot_be_is_told_by_its_key(tmp_path: Path) -> None:
    """The environment's file says nothing of it."""
    for key, tried in (
        ("-c database=mysql, on ", {"database": "mysql", "pattern": "D"}),
        ("-c pattern=D, on ", {"pattern": "D"}),
    ):
        with pytest.raises(SettingsError) as raised:
            _compose(tmp_path, environment="dev", **tried)
        first, *rest = str(raised.value).splitlines()
        assert key in first and "environments.py:" in first and "environment dev has 1 problem" in first
        assert "pattern D" in rest[0]


def test_another_database_or_pattern_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError,
        match=r"database=custom is unknown; .* one of: aurora, instance, aurora-mysql, mysql, .* oracle, db2",
    ):
        _compose(tmp_path, environment="dev", database="custom")
    with pytest.raises(UsageError, match=r"pattern=E is unknown; .* one of: A, B, C, D"):
        _compose(tmp_path, environment="dev", pattern="E")


def test_passwords_are_tried_out_with_the_apps_own_spec(tmp_path: Path) -> None:
    context = {"environment": "dev", "pattern": "B", "users": "password", "aws:cdk:bundling-stacks": []}
    (built,) = app().compose(cdk.App(outdir=str(tmp_path / "out"), context=context)).deployments
    assert built.access is not None
    methods = {user.username: user.auth_method for user in built.access.spec.users}
    assert methods == {"migrator": "password", "lambda_writer": "password", "drift_watch": "iam"}
    with pytest.raises(UsageError, match=r"users=cookie is unknown; .* one of: password"):
        _compose(tmp_path, environment="dev", users="cookie")


def _run(tmp_path: Path, root: Path = ROOT, **context: object) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(f"{ROOT}/{part}" for part in ("constructs", "bootstrap_lambda", "client", "")),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(tmp_path / "out"),
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.app.app"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
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
        (
            "workload",
            'user="lambda_writer", database="app", timeout_seconds=24',
            'user="lambda_writer", database="app", timeout_seconds="24"',
            "WorkloadFunction.timeout_seconds: '24' is a text; ",
        ),
    ],
)
def test_a_wrong_setting_ends_the_app_with_the_file_and_line_that_it_is_in(
    tmp_path: Path, file: str, right: str, wrong: str, says: str
) -> None:
    shutil.copytree(ROOT / "tests" / "app", tmp_path / "tests" / "app")
    changed = tmp_path / "tests" / "app" / f"{file}.py"
    text = changed.read_text()
    assert right in text
    changed.write_text(text.replace(right, wrong))
    result = _run(tmp_path, tmp_path, environment="dev")
    assert (result.returncode, result.stdout) == (1, "")
    first, problem = result.stderr.splitlines()
    assert re.match(rf"tests/app/{file}\.py:\d+: .* has 1 problem:", first) and problem.startswith(f"  - {says}")


def _changed(folder: Path, **changes: dict[str, str]) -> None:
    """The tests' app in `folder`, with what stands in its files replaced."""
    shutil.copytree(ROOT / "tests" / "app", folder / "tests" / "app")
    for file, replaced in changes.items():
        path = folder / "tests" / "app" / f"{file}.py"
        text = path.read_text()
        for right, wrong in replaced.items():
            assert right in text
            text = text.replace(right, wrong)
        path.write_text(text)


def test_mistakes_in_several_settings_are_told_at_once(tmp_path: Path) -> None:
    """One inside another that is wrong, too, ones of several environments, and those of the next file."""
    _changed(
        tmp_path,
        environments={"backup_days=1,": "backup_dys=1,", 'name="staging"': 'nam="staging"', "watch_hours=6": "watch=6"},
        workload={'user="lambda_writer"': "user=None"},
    )
    result = _run(tmp_path, tmp_path, environment="dev")
    assert (result.returncode, result.stdout) == (1, "")
    found = re.findall(r"^tests/app/(\w+)\.py:\d+: (\w+) has 1 problem:\n  - (\S+): ", result.stderr, re.MULTILINE)
    assert found == [
        ("environments", "Protection", "Protection.backup_dys"),
        ("environments", "MonitoringSettings", "MonitoringSettings.watch"),
        ("environments", "Environment", "Environment.nam"),
        ("workload", "WorkloadFunction", "WorkloadFunction.user"),
    ]
    assert len(result.stderr.splitlines()) == 2 * len(found)


def test_what_fits_no_environment_is_told_of_each_at_once(tmp_path: Path) -> None:
    _changed(tmp_path, environments={"backup_days=1,": "backup_days=99,", "backup_days=7,": "backup_days=98,"})
    result = _run(tmp_path, tmp_path, environment="all", **{"aws:cdk:bundling-stacks": []})
    assert (result.returncode, result.stdout) == (1, "")
    said = re.findall(r"environment (\w+) has 1 problem:\n  - (.*?):", result.stderr)
    assert said == [("dev", "database.protection.backup_days"), ("staging", "database.protection.backup_days")]


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            "RetentionDays.ONE_MONTH",
            "RetentionDays.ONE_MOTH",
            "RetentionDays has no 'ONE_MOTH'; did you mean ONE_MONTH?",
        ),
        ("cdk.RemovalPolicy.SNAPSHOT", "cdk.RemovalPolcy.SNAPSHOT", "aws_cdk has no 'RemovalPolcy'; did you mean "),
        (
            "network import NewNetwork",
            "network import NewNetwrk",
            "keyless_aurora.settings.network has no 'NewNetwrk'; did you mean NewNetwork?",
        ),
        ("load=False", "load=Fals", "the name 'Fals' is not defined; did you mean False?"),
        ("import aws_cdk as cdk", "import aws_cd as cdk", "there is no module 'aws_cd'; "),
        ("DEV = Env", "DEV == = Env", "is not valid Python: invalid syntax: DEV == = Environment("),
    ],
)
def test_a_name_that_python_does_not_find_is_a_sentence_with_its_line(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    _changed(tmp_path, environments={right: wrong})
    result = _run(tmp_path, tmp_path, environment="dev")
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert re.match(rf"tests/app/environments\.py:\d+: {re.escape(says)}", line), line


def test_a_fault_that_is_not_in_the_apps_own_files_keeps_its_traceback(tmp_path: Path) -> None:
    _changed(tmp_path, environments={"load=False": "load=__import__('contextlib').closing(1).__exit__()"})
    assert "Traceback" in _run(tmp_path, tmp_path, environment="dev").stderr


BY_NAME = "{environment.name: environment for environment in (DEV, STAGING, PROD)}"


@pytest.mark.parametrize(
    ("name", "environments", "says"),
    [
        (
            "dev",
            "(DEV, STAGING, PROD)",
            r"dev .*\n  - name: tests/app/environments\.py:16 makes another of this name; ",
        ),
        (
            "staging",
            "{'dev': DEV, 'live': STAGING}",
            r"staging .*\n  - name: it stands under 'live'; allowed: 'staging'",
        ),
        ("staging", "[DEV, STAGING, DEV]", r"dev .*\n  - name: tests/app/environments\.py:16 makes another of this "),
    ],
)
def test_every_environment_has_a_name_of_its_own(tmp_path: Path, name: str, environments: str, says: str) -> None:
    """A block that was copied with its name would take the place of the first one, database and all."""
    shutil.copytree(ROOT / "tests" / "app", tmp_path / "tests" / "app")
    changed = tmp_path / "tests" / "app" / "environments.py"
    text = changed.read_text().replace('name="staging"', f'name="{name}"').replace(BY_NAME, environments)
    changed.write_text(text)
    result = _run(tmp_path, tmp_path, environment="dev")
    assert (result.returncode, result.stdout) == (1, "")
    assert re.match(rf"tests/app/environments\.py:\d+: environment {says}", result.stderr), result.stderr


def test_code_that_can_not_be_bundled_ends_the_app_with_every_function(tmp_path: Path) -> None:
    """Also where nothing is to be bundled: a forgotten lock is no less forgotten."""
    shutil.copytree(ROOT / "tests" / "app", tmp_path / "tests" / "app")
    functions = tmp_path / "tests" / "app" / "functions"
    (functions / "migrator").rename(functions / "gone")
    (functions / "writer" / "requirements.in").write_text("sqlalchemy\n")
    (functions / "writer" / "handler.py").rename(functions / "writer" / "handle.py")
    result = _run(tmp_path, tmp_path, **{"environment": "dev", "aws:cdk:bundling-stacks": []})
    assert (result.returncode, result.stdout) == (1, "")
    assert [line.split(";")[0] for line in result.stderr.splitlines()] == [
        "function Migrator: can't install tests/app/functions/migrator: there is no such folder",
        "function Writer: can't install tests/app/functions/writer/requirements.in: it names sqlalchemy, and the "
        "requirements.txt beside it isn't there",
        "function Writer: tests/app/functions/writer has no handler.py",
    ]


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
