"""What the access plan says of environments in which no engine makes users."""

import json
from pathlib import Path

import pytest

from keyless.access_plan.command import main
from keyless.access_plan.unmade import Unmade, said, unmade
from keyless_aurora.app import KeylessApp, run
from keyless_aurora.engines.matrix import ORACLE
from tests.app.environments import DEV, STAGING
from tests.database.access_plan.conftest import Compare
from tests.database.engine import SAMPLE, with_user

CLERK = {"username": "clerk", "auth_method": "password"}
ORACLES = Unmade("dev", "RDS for Oracle", "Shop-dev")
SECRET = "clerk reads the secret that stack Shop-dev-database describes as 'Password of database user clerk'"


def test_each_user_is_said_to_read_its_secret_and_to_be_converged_by_nobody(compared: Compare) -> None:
    comment = compared(SAMPLE, with_user(**CLERK), unmade=[ORACLES])
    for text in (comment.text, comment.whole):
        assert "environment dev, RDS for Oracle: no engine of this project makes these users" in text
        assert f"{SECRET}; no engine converges its rights" in text
        assert "lambda_writer reads no secret: auth_method is iam" in text


def test_it_is_said_of_an_unchanged_spec_too_and_of_no_other_environment(compared: Compare) -> None:
    same = with_user(**CLERK)
    assert SECRET in compared(same, same, unmade=[ORACLES]).text
    assert "no engine" not in compared(same, same).text


def test_many_users_are_counted_and_all_of_them_in_the_whole_plan(compared: Compare) -> None:
    many = [Unmade(f"e{number}", "RDS for Db2", f"S{number}") for number in range(99)]
    comment = compared(SAMPLE, SAMPLE, unmade=many)
    assert "more lines (access-plan.txt has all of them)" in comment.text and len(comment.text) < 10_000
    assert all(line in comment.whole for line in said(many, SAMPLE))


def test_they_are_those_that_the_app_lists(capsys: pytest.CaptureFixture[str]) -> None:
    app = KeylessApp((DEV.with_secret_instance(ORACLE), STAGING), access=Path("config/access.yaml"))
    assert run(lambda: app, ["environments"]) == 0
    assert unmade(capsys.readouterr().out) == [Unmade("dev", "RDS for Oracle", DEV.prefix)]


@pytest.mark.parametrize("listed", ["{}", "[1]", "no JSON", json.dumps([{"name": "dev", "converged": False}])])
def test_what_is_no_list_of_environments_is_refused(listed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--base=HEAD", f"--environments={listed}"])
    assert "--environments: not what `python app.py environments` prints" in capsys.readouterr().err
