"""`keyless report --env dev`: the drift history is what the deployed watch has said in its own log group."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keyless.rehearsal.deployment.drift_watch import DriftWatch
from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from tests.app.app import HERE
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.report.files import HISTORY

SPEC = str(Path(HERE, "config", "access.yaml"))
RIGHTS = ("cloudformation:ListStackResources", "lambda:GetFunctionConfiguration", "logs:FilterLogEvents")


@pytest.fixture
def group(operator: Operator, deployed: Deployed) -> Iterator[str]:
    """The watch's log group, which the operator may read."""
    operator.may(templates=True, history=RIGHTS)
    yield deployed.watch.configuration["LoggingConfig"]["LogGroup"]
    operator.may()


def look(stage: Stage) -> None:
    with DriftWatch(stage.cloud, stage.deployed.schedule, stage.deployed.topic) as watch:
        assert watch.call().record


def reported(stage: Stage, operator: Operator, tmp_path: Path, *more: str) -> tuple[str, str]:
    """The page's section about the history, without its markup, and what the command said."""
    page = tmp_path / "report.html"
    command = ("report", "--config", SPEC, "--to", str(page), "--env", "dev", *more)
    answer = keyless(*command, **operator.at(stage.database))
    assert answer.returncode == 0, answer.stderr
    (section,) = re.findall(r'<section id="history".*?</section>', page.read_text(encoding="utf-8"), re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", section).replace("&#x27;", "'").split()), answer.stderr


@contextmanager
def logging_to(stage: Stage, watch: str, group: str) -> Iterator[None]:
    functions = stage.cloud.client("lambda")
    before = functions.get_function_configuration(FunctionName=watch)["LoggingConfig"]
    functions.update_function_configuration(FunctionName=watch, LoggingConfig={**before, "LogGroup": group})
    yield
    functions.update_function_configuration(FunctionName=watch, LoggingConfig=before)


def test_what_the_watch_found_is_in_the_page_with_nothing_exported(
    stage: Stage, operator: Operator, group: str, tmp_path: Path
) -> None:
    with stage.superuser("app") as superuser:
        superuser.execute("GRANT CREATE ON SCHEMA foo TO lambda_writer")
    look(stage)
    with stage.superuser("app") as superuser:
        superuser.execute("REVOKE CREATE ON SCHEMA foo FROM lambda_writer")
    look(stage)
    section, said = reported(stage, operator, tmp_path)
    assert f"of the drift watch, the latest first. From log group {group}, at most 30 days back." in section
    first, second = section.index("no drift"), section.index("'lambda_writer' can CREATE on schema foo")
    assert first < second and " UTC" in section
    assert "history" not in said


def test_a_file_wins_over_the_log(stage: Stage, operator: Operator, group: str, tmp_path: Path) -> None:
    look(stage)
    (tmp_path / "drift.json").write_text(HISTORY)
    section, _ = reported(stage, operator, tmp_path, "--history", str(tmp_path / "drift.json"))
    assert "4 looks of the drift watch, the latest first. From drift.json." in section
    assert group not in section


@pytest.mark.parametrize("right", RIGHTS)
def test_without_a_right_that_it_takes_the_page_says_which_is_missing(
    stage: Stage, operator: Operator, group: str, tmp_path: Path, right: str
) -> None:
    operator.may(templates=True, history={*RIGHTS} - {right})
    section, said = reported(stage, operator, tmp_path)
    for text in (section, said):
        assert "There is no drift history, for " in text and right in text


def test_a_log_without_a_run_or_no_log_is_said_to_be_so(
    stage: Stage, operator: Operator, group: str, deployed: Deployed, tmp_path: Path
) -> None:
    logs, watch, empty = stage.cloud.client("logs"), deployed.watch.function_name, f"{group}-empty"
    with logging_to(stage, watch, empty):
        section, _ = reported(stage, operator, tmp_path)
        assert f"There is no drift history, for the drift watch's log group {empty} isn't there" in section
        logs.create_log_group(logGroupName=empty)
        section, said = reported(stage, operator, tmp_path)
        logs.delete_log_group(logGroupName=empty)
    none = f"There is no drift history, for log group {empty} has no answer of the drift watch of the last 30 days"
    assert none in section and none in said
