"""`keyless connect` opens psql with a token of its own, which stands in no argument, at a server that is verified."""

import os
import stat
from pathlib import Path

import pytest

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator

WHO = ("--", "-XAtc", "SELECT session_user")
WRITER = ("connect", "--env", "dev", "--as", "lambda_writer", "--database", "app")


def entered(stage: Stage, endpoint: Endpoint, user: str) -> bool:
    """Whether one of the last logins was that. The proxy's own at the database comes after the one at the proxy."""
    return any((one.endpoint, one.user, one.allowed) == (endpoint.host, user, True) for one in stage.events.all()[-3:])


def test_the_master_goes_straight_to_the_database(stage: Stage, operator: Operator) -> None:
    answer = keyless("connect", "--env", "dev", "--database", "app", *WHO, **operator.at(stage.database))
    master = stage.deployed.database.master
    assert (answer.returncode, answer.stdout.strip()) == (0, master), answer.stderr
    assert entered(stage, stage.database, master)


@pytest.mark.parametrize("via", [(), ("--via", "proxy")], ids=["by itself", "--via proxy"])
def test_a_user_goes_through_the_proxy(stage: Stage, operator: Operator, via: tuple[str, ...]) -> None:
    answer = keyless(*WRITER, *via, *WHO, **operator.at(stage.proxy))
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer"), answer.stderr
    assert entered(stage, stage.proxy, "lambda_writer")


def test_a_user_goes_straight_where_it_is_asked_to(stage: Stage, operator: Operator) -> None:
    answer = keyless(*WRITER, "--via", "direct", *WHO, **operator.at(stage.database))
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer"), answer.stderr
    assert entered(stage, stage.database, "lambda_writer")


def test_the_exit_status_is_psqls(stage: Stage, operator: Operator) -> None:
    answer = keyless(*WRITER, "--", "-Xv", "ON_ERROR_STOP=1", "-c", "SELECT nothing", **operator.at(stage.proxy))
    assert (answer.returncode, 'column "nothing" does not exist' in answer.stderr) == (1, True), answer.stderr


def test_the_token_is_in_the_environment_alone_and_psql_takes_the_place_of_the_command(
    stage: Stage, operator: Operator, tmp_path: Path
) -> None:
    """By a psql that says what it was started with."""
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\ntr "\\0" " " < /proc/$$/cmdline; echo; env\n')
    psql.chmod(psql.stat().st_mode | stat.S_IXUSR)
    more = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PGSSLMODE": "disable", "PGPASSWORD": "left"}
    answer = keyless(*WRITER, "--", "-X", **{**operator.at(stage.proxy), **more})
    line, *variables = answer.stdout.splitlines()
    assert answer.returncode == 0 and line.rstrip().endswith("psql -X") and "X-Amz-" not in line + answer.stderr
    told = dict(variable.split("=", 1) for variable in variables if variable.startswith("PG"))
    assert told["PGPASSWORD"].startswith(f"{stage.proxy.host}:5432/?") and "X-Amz-Signature=" in told["PGPASSWORD"]
    assert (told["PGSSLMODE"], told["PGUSER"], told["PGDATABASE"]) == ("verify-full", "lambda_writer", "app")


def test_the_servers_name_is_verified_whatever_the_shell_says(stage: Stage, operator: Operator) -> None:
    before = len(stage.events.all())
    answer = keyless(*WRITER, *WHO, **{**operator.at(stage.database), "PGSSLMODE": "require"})
    assert (answer.returncode, "does not match host name" in answer.stderr) == (2, True), answer.stderr
    assert len(stage.events.all()) == before


def test_without_psql_it_says_what_is_missing(stage: Stage, operator: Operator, tmp_path: Path) -> None:
    answer = keyless(*WRITER, *WHO, **{**operator.at(stage.proxy), "PATH": str(tmp_path)})
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "psql is not installed, or not in PATH; allowed: " in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--env", "dev", "--via", "proxy", "--database", "app"), "the proxy takes no login of keyless_master"),
        (("--env", "dev", "--as", "lambda_writer"), "no database is named; allowed: --database NAME"),
        (("--via", "proxy", "--database", "app"), "--via is not allowed without --env"),
        (("--database", "app"), "no token for PGHOST ''"),
    ],
)
def test_what_is_missing_is_said(stage: Stage, operator: Operator, arguments: tuple[str, ...], says: str) -> None:
    answer = keyless("connect", *arguments, **operator.credentials)
    assert (answer.returncode, answer.stdout, says in answer.stderr) == (1, "", True), answer.stderr


def test_without_an_environment_libpqs_variables_say_where(stage: Stage, operator: Operator) -> None:
    where = {"PGHOST": stage.proxy.host, "PGPORT": "5432", "PGDATABASE": "app", "PGPASSWORD": "left"}
    answer = keyless("connect", "--as", "lambda_writer", *WHO, **{**operator.at(stage.proxy), **where})
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer"), answer.stderr
