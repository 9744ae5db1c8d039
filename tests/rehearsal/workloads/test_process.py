"""What is started of a workload is the template's command, and it ends with who started it, however that ends."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.deployment.kinds import SERVERS, SERVICE
from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.deployment.workloads.servers import command as of_script
from keyless.rehearsal.deployment.workloads.servers import settings
from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.workloads.command import StartError, command
from keyless.rehearsal.workloads.process import Process
from keyless_aurora.servers.user_data import script
from tests.rehearsal.waiting import runs, wait_until

ROOT = Path(__file__).parents[3]
SERVES = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200 if self.path == "/echo" else 503)
        self.end_headers()
        self.wfile.write(said if self.path == "/echo" else b'{"error": "out of order", "type": "Broken"}')
    def do_GET(self):
        os._exit(3)

HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
"""
_GUARDED = """
import sys, time
from pathlib import Path
from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.workloads.guard import guarded
folder = Path(sys.argv[1])
with (folder / "log").open("xb+") as log:
    process = ServerUser().spawn(["/bin/sh", "-c", "sleep 101 & wait"], cwd=folder, log=log)
    with guarded(process.pid, folder):
        print(process.pid, flush=True)
        time.sleep(100)
"""


def workload(*words: str, servers: bool = False) -> Workload:
    return Workload("Api", SERVERS if servers else SERVICE, "web", "", {}, words)


def process(folder: Path, code: str, log: IO[bytes]) -> Process:
    (folder / "serve.py").write_text(code)
    return Process([sys.executable, "serve.py"], folder, {}, ServerUser(), log)


def test_a_process_is_asked_over_http_and_an_error_has_its_words(tmp_path: Path) -> None:
    with (tmp_path / "log").open("xb+") as log:
        serving = process(tmp_path, SERVES, log)
        serving.wait()
        assert serving.invoke({"path": "/echo", "method": "POST", "body": {"a": [1]}}) == {"a": [1]}
        with pytest.raises(FunctionError, match="HTTP 503: out of order") as refused:
            serving.invoke({"path": "/else", "method": "POST", "body": 1})
        assert (refused.value.kind, refused.value.words) == ("Broken", "out of order")
        with pytest.raises(FunctionError, match="no answer"):
            serving.invoke({"path": "/"})
        serving.close()
        assert not runs(serving.group)


def test_one_that_ends_is_told_with_what_it_said(tmp_path: Path) -> None:
    with (tmp_path / "log").open("xb+") as log:
        ended = process(tmp_path, "raise SystemExit('no way')", log)
        with pytest.raises(StartError, match=r"it ended with status 1\. It said: no way"):
            ended.wait()
        ended.close()


def test_it_runs_as_who_functions_run_as_in_a_folder_that_nobody_else_reads() -> None:
    user = ServerUser.choose()
    with TemporaryDirectory() as made:
        (Path(made) / "code").write_text("")
        user.own(Path(made))
        with (Path(made) / "log").open("xb+") as log:
            process = Process(["/bin/sh", "-c", "echo $(id -u) $(ls); env"], Path(made), {"A": "b"}, user, log)
            with pytest.raises(StartError) as ended:
                process.wait()
        assert Path(made).stat().st_mode & 0o077 == 0
    uid = os.getuid() if user.uid is None else user.uid
    assert f"It said: {uid} code log / " in str(ended.value)
    told = {word.partition("=")[0] for word in str(ended.value).split(" / ")[1:]}
    assert {"A", "HOST", "PORT"} <= told
    assert told <= {"A", "HOST", "PORT", "PWD", "SHLVL", "_", "OLDPWD"}


def test_all_its_processes_and_its_folder_go_when_who_started_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", _GUARDED, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        group = int(parent.stdout.readline())
        assert runs(group)
        parent.kill()
    wait_until(lambda: not runs(group) and not folder.exists(), 15)


def test_a_container_s_command_runs_with_this_python(tmp_path: Path) -> None:
    assert command(workload("python3.14", "serve.py"), tmp_path) == [sys.executable, "serve.py"]
    assert command(workload("/bin/sh", "-c", "x"), tmp_path)[1:] == ["-c", "x"]


def test_a_server_runs_what_the_unit_that_user_data_starts_says(tmp_path: Path) -> None:
    (tmp_path / "web.service").write_text(
        "[Service]\nWorkingDirectory=/opt/web\nExecStart=/opt/web/.venv/bin/python /opt/web/serve.py '--name=a b'\n"
    )
    assert command(workload("web.service", servers=True), tmp_path) == [sys.executable, "serve.py", "--name=a b"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (workload(), "its template names no command; allowed: `command` of the service"),
        (workload("no-such-program"), "no-such-program, which starts it, is not installed on this machine"),
        (workload("web.service", servers=True), "web.service is not in the folder of its code"),
    ],
)
def test_what_cannot_be_started_says_why(given: Workload, said: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=said):
        command(given, tmp_path)


def test_user_data_is_read_as_the_library_writes_it() -> None:
    told = {"PGHOST": "a.b", "PGUSER": "site", "DB_LOGIN_SECONDS": "60"}
    written = script(told, ["systemctl enable --now web", "PGUSER=other"])
    assert settings(written) == told
    assert of_script(written) == ("web.service",)
    assert settings("#!/bin/bash\n") == {}
    assert of_script("#!/bin/bash\n") == ()
