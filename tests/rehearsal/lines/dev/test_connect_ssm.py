"""`keyless connect --via ssm`: psql through a port forward that ends with it, by the endpoint's own name.

The forward is a stand-in (`programs/aws`), which forwards real bytes; psql, tokens, TLS and the endpoints are real.
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.forwards import PATIENCE, Forwards, bastion_of, gone, runs, until

WRITER = ("connect", "--env", "dev", "--as", "lambda_writer", "--via", "ssm", "--database", "app")
WHO = ("--", "-XAtc", "SELECT session_user")


@pytest.fixture
def bastion(stage: Stage) -> Iterator[str]:
    with bastion_of(stage) as made:
        yield made


@pytest.fixture
def forwards(operator: Operator, bastion: str, tmp_path: Path) -> Iterator[Forwards]:
    operator.may(bastions=True)
    made = Forwards(operator, tmp_path)
    yield made
    operator.may()
    with operator.stage.superuser() as superuser:  # PostgreSQL doesn't see that who asked is gone
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'")
    gone(*made.processes())


def test_psql_goes_through_the_bastion_to_the_proxy_by_its_own_name(forwards: Forwards, bastion: str) -> None:
    """The server's name is verified, and the token is for its name and port: the stage's endpoints take no other."""
    stage = forwards.operator.stage
    answer = keyless(*WRITER, *WHO, **forwards.variables())
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer"), answer.stderr
    assert forwards.asked | {"pid": ""} == {
        "pid": "", "target": bastion, "host": stage.proxy.host, "portNumber": str(stage.proxy.port)
    }  # fmt: skip
    assert any((one.endpoint, one.user, one.allowed) == (stage.proxy.host, "lambda_writer", True) for one in stage.events.all()[-3:])  # fmt: skip
    assert f"port forward: through {bastion} to {stage.proxy.host}" in answer.stderr
    assert "X-Amz-" not in answer.stdout + answer.stderr


def test_the_master_goes_to_the_database(forwards: Forwards) -> None:
    stage = forwards.operator.stage
    answer = keyless("connect", "--env", "dev", "--via", "ssm", "--database", "app", *WHO, **forwards.variables())
    assert (answer.returncode, answer.stdout.strip()) == (0, stage.deployed.database.master), answer.stderr
    assert forwards.asked["host"] == stage.database.host


def test_what_the_shell_says_of_a_tunnel_does_not_count(forwards: Forwards) -> None:
    more = {"PGHOSTADDR": "127.0.0.1", "PGPORT": "1", "PGSSLMODE": "disable", "PGPASSWORD": "left"}
    answer = keyless(*WRITER, *WHO, **forwards.variables(**more))
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer"), answer.stderr


def test_who_answers_at_the_end_of_the_forward_must_be_the_endpoint(forwards: Forwards) -> None:
    stage = forwards.operator.stage
    variables = forwards.variables()
    told = json.loads(variables["STAND_IN"])
    told["hosts"][stage.proxy.host] = stage.database.address
    before = len(stage.events.all())
    answer = keyless(*WRITER, *WHO, **{**variables, "STAND_IN": json.dumps(told)})
    assert (answer.returncode, "does not match host name" in answer.stderr) == (2, True), answer.stderr
    assert len(stage.events.all()) == before, "no token was sent"


@pytest.mark.parametrize(("sql", "status"), [("SELECT nothing", 1), ("SELECT 1", 0)])
def test_the_exit_status_is_psqls_and_nothing_is_left(forwards: Forwards, sql: str, status: int) -> None:
    answer = keyless(*WRITER, "--", "-Xc", sql, **forwards.variables())
    assert answer.returncode == status, answer.stderr
    assert len(forwards.processes()) == 2
    gone(*forwards.processes())


@pytest.fixture(autouse=True)
def hangup() -> Iterator[None]:
    """As it is at a terminal: `nohup` has SIGHUP ignored, also by what is started."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_nothing_is_left_where_the_command_is_ended(forwards: Forwards, number: signal.Signals) -> None:
    with _asleep(forwards) as command:
        command.send_signal(number)
        assert command.wait(PATIENCE) != 0
        gone(*forwards.processes())


def test_ctrl_c_is_psqls_and_the_forward_stays_until_psql_ends(forwards: Forwards) -> None:
    """At a terminal, which tells the whole foreground group."""
    control, terminal = pty.openpty()
    command = subprocess.Popen(
        [sys.executable, "-c", _IN_FOREGROUND, *WRITER, "--", "-XAt", "-P", "pager=off"],
        env={**_kept(), **forwards.variables()}, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
    )  # fmt: skip
    os.close(terminal)
    try:
        _seen(control, "app=> ")
        os.write(control, b"SELECT 'not this'\x03")
        _seen(control, "app=> ")
        os.write(control, b"SELECT 'still' || ' there';\n")
        _seen(control, "still there")
        assert all(runs(pid) for pid in forwards.processes())
        os.write(control, b"\\q\n")
        assert command.wait(PATIENCE) == 0
        gone(*forwards.processes())
    finally:
        command.kill()
        command.wait()
        os.close(control)


_IN_FOREGROUND = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "keyless", *sys.argv[1:]])
"""


def _seen(control: int, text: str) -> None:
    """Waits until the terminal has shown it."""
    shown, deadline = "", time.monotonic() + PATIENCE
    while text not in shown:
        left = deadline - time.monotonic()
        assert left > 0 and select.select([control], [], [], left)[0], shown
        shown += os.read(control, 4096).decode(errors="replace")


def _asleep(forwards: Forwards) -> "subprocess.Popen[bytes]":
    """The command, with psql in the midst of a query."""
    started = subprocess.Popen(
        [sys.executable, "-m", "keyless", *WRITER, "--", "-Xc", forwards.sleep],
        env={**_kept(), **forwards.variables()}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until(lambda: _sleeping(forwards), "psql doesn't run its query")
    return started


def _sleeping(forwards: Forwards) -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE query = %s AND state = 'active'"
    with forwards.operator.stage.superuser() as superuser:
        return superuser.execute(query, [forwards.sleep]).fetchone() is not None


def _kept() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AWS_", "POSTGRES_"))}


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (
            "An error occurred (TargetNotConnected) when calling the StartSession operation: i-0 is not connected.",
            "the instance is not online in Session Manager; allowed: to wait",
        ),
        (
            "An error occurred (AccessDeniedException) when calling the StartSession operation: not authorized",
            "allowed: credentials with docs/policies/people.json",
        ),
        ("SessionManagerPlugin is not found. Please refer to ...", "allowed: AWS's Session Manager plugin in PATH"),
        ("something \x1b[31melse", "aws ssm start-session has ended: something \\x1b[31melse"),
    ],
)
def test_why_there_is_no_forward_is_said(forwards: Forwards, fails: str, says: str) -> None:
    answer = keyless(*WRITER, *WHO, **forwards.variables(fails=fails))
    assert (answer.returncode, answer.stdout, says in answer.stderr) == (1, "", True), answer.stderr
    assert "Traceback" not in answer.stderr and "\x1b" not in answer.stderr


def test_what_is_not_installed_is_named_at_once(forwards: Forwards) -> None:
    psql = forwards.folder / "psql"
    psql.symlink_to("/bin/true")
    answer = keyless(*WRITER, *WHO, **forwards.variables(PATH=str(forwards.folder)))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "aws: the AWS command line" in answer.stderr and "session-manager-plugin: AWS's" in answer.stderr


def test_an_environment_without_a_bastion_says_so(operator: Operator, tmp_path: Path) -> None:
    operator.may(bastions=True)
    answer = keyless(*WRITER, *WHO, **Forwards(operator, tmp_path).variables())
    operator.may()
    assert (answer.returncode, "has no bastion that is running; allowed: " in answer.stderr) == (1, True)


def test_without_the_right_to_look_for_it_it_says_which(operator: Operator, bastion: str, tmp_path: Path) -> None:
    answer = keyless(*WRITER, *WHO, **Forwards(operator, tmp_path).variables())
    assert (answer.returncode, "allowed: credentials with ec2:DescribeInstances" in answer.stderr) == (1, True)


def test_a_token_goes_through_no_forward_and_without_env_there_is_none() -> None:
    assert "'ssm' is not one of 'proxy', 'direct'" in keyless("token", "--env", "dev", "--via", "ssm").stderr
    assert "--via is not allowed without --env" in keyless("connect", "--via", "ssm").stderr
