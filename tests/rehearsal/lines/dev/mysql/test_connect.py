"""`keyless connect` on MySQL and MariaDB: a real client in a session at an endpoint that is verified, whose token it never
has; through a port forward that ends with it, too.

The forward is a stand-in (`dev/programs/aws`), which forwards real bytes; client, tokens, TLS, endpoints and servers are
real.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.rehearsal.emulator.services.functions import resolving
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.stage.running import Stage
from tests.mysql.servers import rows
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.mysql.conftest import program
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.forwards import PATIENCE, Forwards, gone, until

AS_WRITER = ("connect", "--env", "dev", "--as", "lambda_writer")
WRITER = (*AS_WRITER, "--via", "ssm")
WHO = ("--", "-BNe", "SELECT CURRENT_USER()")


def entered(stage: Stage, endpoint: Endpoint, user: str) -> bool:
    return any((one.endpoint, one.user, one.allowed) == (endpoint.host, user, True) for one in stage.events.all()[-3:])


def test_it_goes_through_the_bastion_to_the_proxy_by_its_own_name(forwards: Forwards, bastion: str, path: str) -> None:
    """The server's name is verified, and the token is for its name and port: the stage's endpoints take no other."""
    stage = forwards.operator.stage
    answer = keyless(*WRITER, *WHO, **forwards.variables(PATH=path))
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer@%"), answer.stderr
    assert forwards.asked | {"pid": ""} == {
        "pid": "", "target": bastion, "host": stage.proxy.host, "portNumber": "3306"
    }  # fmt: skip
    assert entered(stage, stage.proxy, "lambda_writer")
    assert f"port forward: through {bastion} to {stage.proxy.host}" in answer.stderr
    assert "X-Amz-" not in answer.stdout + answer.stderr
    gone(*forwards.processes())


def test_who_answers_at_the_end_of_the_forward_must_be_the_endpoint(forwards: Forwards, path: str) -> None:
    stage = forwards.operator.stage
    variables = forwards.variables(PATH=path)
    told = json.loads(variables["STAND_IN"])
    told["hosts"][stage.proxy.host] = stage.database.address
    before = len(stage.events.all())
    answer = keyless(*WRITER, *WHO, **{**variables, "STAND_IN": json.dumps(told)})
    assert (answer.returncode, "check MYSQL_HOST" in answer.stderr) == (1, True), answer.stderr
    assert len(stage.events.all()) == before, "no token was sent"


@pytest.mark.parametrize("via", ["proxy", "direct"])
def test_without_a_forward_it_dials_the_endpoint(
    stage: Stage, operator: Operator, path: str, tmp_path: Path, via: str
) -> None:
    endpoint = stage.proxy if via == "proxy" else stage.database
    answer = keyless(*AS_WRITER, "--via", via, *WHO, **_at(endpoint, operator, tmp_path), PATH=path)
    assert (answer.returncode, answer.stdout.strip()) == (0, "lambda_writer@%"), answer.stderr
    assert entered(stage, endpoint, "lambda_writer")


def test_the_master_comes_with_its_secret_which_takes_the_right_to_read_it(forwards: Forwards, path: str) -> None:
    stage, iam = forwards.operator.stage, forwards.operator.stage.cloud.client("iam")
    asked = ("connect", "--env", "dev", "--via", "ssm", *WHO)
    answer = keyless(*asked, **forwards.variables(PATH=path))
    assert (answer.returncode, "secretsmanager:GetSecretValue" in answer.stderr) == (1, True), answer.stderr
    allowed = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "kms:Decrypt"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=forwards.operator.role.rsplit("/", 1)[-1], PolicyName="more", PolicyDocument=document)
    answer = keyless(*asked, **forwards.variables(PATH=path))
    iam.delete_role_policy(RoleName=forwards.operator.role.rsplit("/", 1)[-1], PolicyName="more")
    assert (answer.returncode, answer.stdout.strip()) == (0, f"{stage.deployed.database.master}@%"), answer.stderr


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("SELECT 1; SELECT 2", (0, "1\n2\n")),
        ("SELECT REPEAT('x', 1000000)", (0, "x" * 1_000_000 + "\n")),
        ("SELECT 'Grüße 😀'", (0, "Grüße 😀\n")),
        ("SELECT nothing", (1, "")),
    ],
    ids=["several", "long", "not ASCII", "wrong"],
)
def test_answers_and_exit_status_are_the_clients(
    forwards: Forwards, path: str, statements: str, said: tuple[int, str]
) -> None:
    answer = keyless(*WRITER, "--", "-BNre", statements, **forwards.variables(PATH=path))
    assert (answer.returncode, answer.stdout) == said, answer.stderr


def test_the_client_has_no_token_and_the_socket_is_nobody_elses(forwards: Forwards, path: str) -> None:
    """By a client that says what it was started with."""
    client = Path(path.split(":", 1)[0], "mysql")
    program(client, 'tr "\\0" "\\n" < /proc/$$/cmdline; env; stat -c "mode %a" "$(dirname "${3#--socket=}")"')
    left = {"MYSQL_PWD": "left", "MYSQL_HOST": "elsewhere"}
    answer = keyless(*WRITER, "--database", "foo", **forwards.variables(PATH=path, **left))
    lines = answer.stdout.splitlines()
    assert answer.returncode == 0 and "X-Amz-" not in answer.stdout + answer.stderr
    assert {"--user=lambda_writer", "--database=foo", "mode 700"} <= {*lines}
    assert not [line for line in lines if line.startswith(("MYSQL_PWD=", "MYSQL_HOST="))]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_nothing_is_left_where_the_command_is_ended(forwards: Forwards, path: str, number: signal.Signals) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "keyless", *WRITER, "--", "-e", "SELECT SLEEP(600)"],
        env={**os.environ, **forwards.variables(PATH=path)}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with command:
        until(lambda: _sleeping(forwards.operator.stage), "the client doesn't run its query")
        command.send_signal(number)
        assert command.wait(PATIENCE) != 0
        gone(*forwards.processes())
    forwards.operator.stage.end_sessions()  # neither server sees that who asked is gone


@pytest.mark.parametrize(("found", "says"), [(False, "neither mysql nor mariadb is installed"), (True, "aws: the AWS")])
def test_what_is_not_installed_is_named_at_once(forwards: Forwards, tmp_path: Path, found: bool, says: str) -> None:
    folder = tmp_path / "none"
    folder.mkdir()
    if found:
        program(folder / "mariadb", "echo MariaDB")
    answer = keyless(*WRITER, *WHO, **forwards.variables(PATH=str(folder)))
    assert (answer.returncode, answer.stdout, says in answer.stderr) == (1, "", True), answer.stderr
    assert forwards.processes() == []


def _sleeping(stage: Stage) -> bool:
    with stage.mysql.connect() as superuser:
        return bool(rows(superuser, "SELECT 1 FROM information_schema.processlist WHERE info = 'SELECT SLEEP(600)'"))


def _at(endpoint: Endpoint, operator: Operator, folder: Path) -> dict[str, str]:
    """What a machine in the network resolves by DNS, this command's Python resolves as it is told."""
    code = Path(resolving.__file__).read_text()
    (folder / "sitecustomize.py").write_text(f"{code}\nresolve_as_told()\n")
    return {
        **operator.credentials,
        "MYSQL_SSL_CA": str(operator.stage.roots),
        resolving.RESOLVED: f"{endpoint.host}={endpoint.address}",
        "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
    }
