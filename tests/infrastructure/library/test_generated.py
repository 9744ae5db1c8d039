"""What `keyless init` writes: clean for every linter, and an app that passes every gate, whatever was answered."""

import itertools
import json
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from keyless.init.answers import PATTERNS, Answers
from keyless.init.app import TEMPLATE, files
from keyless.init.engines import ENGINES
from keyless.init.library import Library
from keyless.init.writing import write
from keyless_aurora.app import KeylessApp
from keyless_aurora.app.context import DATABASES
from keyless_aurora.engines.matrix import DB2, ORACLE, SQLSERVER
from tests.infrastructure.pipeline.test_workflows import linted
from tests.infrastructure.support import ROOT

TABLES = ("app.event", "sales.order", f"{'s' * 40}.{'t' * 40}")
COMBINATIONS = [
    Answers("ap-northeast-1" if pattern == "C" else "eu-west-1", engine, pattern, table)
    for (engine, pattern), table in zip(itertools.product(ENGINES, PATTERNS), itertools.cycle(TABLES), strict=False)
]
BIN = Path(sys.executable).parent


def generated(folder: Path, answers: Answers) -> Path:
    app = folder / "shop"
    write(app, files(answers, Library("", None)))
    return app


def name_of(answers: Answers) -> str:
    return f"{answers.engine}-{answers.pattern}-{answers.table[:12]}"


@pytest.fixture(params=COMBINATIONS, ids=name_of)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return generated(tmp_path, request.param)


def findings(app: Path) -> list[str]:
    """What fails a synth of every environment of the app in `app`."""
    context: Mapping[str, Any] = json.loads((app / "cdk.json").read_text())["context"]
    extra = {"environment": "all", "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    made = cdk.App(outdir=str(app / "cdk.out"), analytics_reporting=False, context={**context, **extra})
    environments = runpy.run_path(str(app / "environments.py"))["ENVIRONMENTS"]
    workload = runpy.run_path(str(app / "workload.py"))["workload"]
    KeylessApp(environments, access=app / "config" / "access.yaml", stacks=[workload], name="shop").compose(made)
    try:
        made.synth()
    except RuntimeError as error:
        return [str(error)]
    return []


def test_an_app_begins_with_each_database_that_the_engine_converges() -> None:
    """By the names of `-c database=`, beside which are those of pattern D."""
    assert {*ENGINES} == {*DATABASES} - {SQLSERVER.id, ORACLE.id, DB2.id}


def test_every_combination_of_answers_passes_every_gate(app: Path) -> None:
    assert findings(app) == []
    assert len(list((app / "cdk.out").glob("*-workload.template.json"))) == 2


def complaints(app: Path) -> Iterator[str]:
    """What the linters of the app itself say, with its own settings, one after the other."""
    cache = app.parents[1] / "mypy"  # of all tests of a worker: the CDK's types take a minute to fill it
    path = ":".join(str(ROOT / root) for root in (".", "constructs", "bootstrap_lambda", "client"))
    commands: list[list[str | Path]] = [
        [BIN / "ruff", "format", "--check", "--quiet", "--no-cache", "."],
        [BIN / "ruff", "check", "--quiet", "--no-cache", "."],
        # What the functions bring is installed in the app's own environment only.
        [BIN / "mypy", "--cache-dir", cache, "--disable-error-code", "import-not-found"],
    ]
    variables = {"PATH": "/usr/bin:/bin", "MYPYPATH": path}
    for command in commands:
        answer = subprocess.run(command, cwd=app, env=variables, capture_output=True, text=True, check=False)
        if answer.returncode:
            yield f"{answer.stdout}{answer.stderr}"


@pytest.mark.parametrize("answers", [COMBINATIONS[0], COMBINATIONS[4], COMBINATIONS[-1]], ids=name_of)
def test_what_is_written_is_clean_for_its_linters(tmp_path: Path, answers: Answers) -> None:
    assert list(complaints(generated(tmp_path, answers))) == []


@pytest.mark.parametrize("line", ["import os\n", '\nx: int = "a"\n', "x=1\n"])
def test_what_is_not_clean_is_seen(tmp_path: Path, line: str) -> None:
    app = generated(tmp_path, Answers())
    with (app / "workload.py").open("a") as file:
        file.write(line)
    assert next(complaints(app), None) is not None


def test_the_workflows_are_clean(tmp_path: Path) -> None:
    app = generated(tmp_path, Answers())
    subprocess.run(["git", "init", "--quiet", app], check=True)
    assert linted(app / ".github") == []


def test_the_workflows_name_no_environment_of_the_app(tmp_path: Path) -> None:
    """They read them from the app."""
    app = generated(tmp_path, Answers())
    for workflow in (app / ".github" / "workflows").glob("*.yml"):
        words = workflow.read_text().replace(":", " ").split()
        assert not {"dev", "prod", "staging", "[dev,"} & {*words}, workflow.name


def test_the_workflows_take_assemblies_of_the_app_alone(tmp_path: Path) -> None:
    """By its name in their text, not by what the app says of itself."""
    app = generated(tmp_path, Answers(name="orders"))
    texts = "".join(path.read_text() for path in (app / ".github" / "workflows").glob("*.yml"))
    calls = [line for line in texts.splitlines() if "keyless.assembly " in line]
    assert len(calls) == 3
    assert all(' --environment "$ENVIRONMENT" --app orders ' in line for line in calls)


def test_each_place_is_deployed_after_the_one_before(tmp_path: Path) -> None:
    import yaml

    app = generated(tmp_path, Answers())
    jobs = yaml.safe_load((app / ".github/workflows/deploy.yml").read_text())["jobs"]
    places = ["first", "second", "third", "fourth", "fifth"]
    assert [*jobs] == ["test", "synth", *places]
    assert [jobs[place]["needs"] for place in places] == [
        ["test", "synth"],
        *(["synth", before] for before in places[:-1]),
    ]
    for index, place in enumerate(places):
        named = f"fromJSON(needs.synth.outputs.environments)[{index}].name"
        assert jobs[place]["with"]["environment"] == f"${{{{ {named} }}}}"
        assert jobs[place]["with"]["digest"] == f"${{{{ needs.synth.outputs.{place} }}}}"
        if index:
            assert jobs[place]["if"] == f"${{{{ {named} != '' }}}}"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_an_app_installs_what_this_repository_is_tested_with(file: str) -> None:
    ours = _locked(ROOT / "requirements-dev.txt")
    theirs = _locked(TEMPLATE / "app" / file)
    assert {line for line in theirs if line not in ours} == set()


def test_an_app_has_the_command_line_that_this_repository_is_tested_with() -> None:
    ours, theirs = (json.loads((folder / "package-lock.json").read_text()) for folder in (ROOT, TEMPLATE / "app"))
    for path, package in theirs["packages"].items():
        assert path == "" or ours["packages"][path] == package


def _locked(file: Path) -> set[str]:
    return {line.split(";")[0].strip(" \\") for line in file.read_text().splitlines() if "==" in line}
