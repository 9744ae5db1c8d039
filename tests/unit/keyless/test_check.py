"""`keyless check` says what is wrong with a spec from its file alone, every problem with its line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.cli.command import main

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "tests" / "app" / "config" / "access.yaml"
WRONG = """\
databases:
  - name: app
    schemas:
      - {name: foo, owner: app_owner}
users:
  - username: pg_writer
    auth_method: iam
    databases: [app]
  - username: reader
    auth_method: token
    databases: [sales]
"""
LINES = {"pg_writer": 6, "token": 10, "sales": 11}
"""The line of each thing that is wrong."""


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "access.yaml"
    file.write_text(WRONG)
    return file


def test_every_problem_is_named_with_file_and_line(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(wrong)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", f"keyless: the access spec has {len(LINES)} problems:")
    for what, line in LINES.items():
        assert [found for found in err.splitlines() if what in found and f"access.yaml:{line}:" in found], err


def test_as_json_the_problems_are_a_list_on_stdout(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(wrong), "--json"]) == 1
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert (found["file"], found["valid"], len(found["problems"]), err) == ("access.yaml", False, len(LINES), "")


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_a_file_that_cant_be_read_is_a_problem_like_others(
    wrong: Path, name: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", name, *options]) == 1
    said = "".join(capsys.readouterr())
    assert "director" in said and "Traceback" not in said


def test_without_a_file_it_is_the_projects_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "tests" / "app")
    assert main(["check"]) == 0
    assert capsys.readouterr().out.startswith("config/access.yaml: valid: ")
    assert main(["check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": "config/access.yaml", "valid": True, "problems": []}


def test_it_loads_no_driver_no_aws_and_no_cdk(tmp_path: Path) -> None:
    """What makes it quick, and what it can't be led to ask: nothing of them is there to ask with."""
    program = (
        "import sys; from keyless.cli import main; status = main(['check', sys.argv[1]]); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(status)"
    )
    paths = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
    done = subprocess.run(
        [sys.executable, "-c", program, str(SHIPPED)],
        cwd=tmp_path,
        env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.split())
    assert "pydantic" in loaded
    assert not loaded & {"psycopg", "boto3", "botocore", "aws_cdk", "jsii", "keyless_client", "ministack", "rich"}


@pytest.mark.parametrize(("text", "status"), [(SHIPPED.read_text(), 0), (WRONG, 2)], ids=["valid", "wrong"])
def test_make_check_ends_with_its_verdict(tmp_path: Path, text: str, status: int) -> None:
    (tmp_path / "access.yaml").write_text(text)
    command = ["make", "--silent", "-o", "setup", "check", f"ARGS={tmp_path / 'access.yaml'}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize(
    "command", [["check"], ["init", "shop"], ["sync", "--config", "a.yaml"], ["rehearse"], ["verify"]]
)
def test_a_folder_that_is_gone_is_said_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with monkeypatch.context() as inside:
        inside.chdir(gone)
        gone.rmdir()
        assert main(command) == 1
    assert capsys.readouterr().err == "keyless: this folder has been removed; allowed: cd to one that is there\n"


def test_a_link_to_itself_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert main(["check", str(loop)]) == 1
    assert "loop.yaml: Too many levels of symbolic links" in capsys.readouterr().err


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", [["check", "--json"], ["create-user", "new", "--config"]], ids=" ".join)
@pytest.mark.parametrize(("text", "status"), [(SHIPPED.read_text(), 0), (WRONG, 1)], ids=["valid", "wrong"])
def test_what_the_shell_has_closed_gets_nothing_and_changes_nothing_else(
    tmp_path: Path, closed: str, arguments: list[str], text: str, status: int
) -> None:
    """Python writes to stdout what is for a stderr that is closed, and fails at a stdout that is."""

    def answered(redirected: str) -> tuple[int, str, str, str]:
        (tmp_path / "access.yaml").write_text(text)
        line = f'exec "$@" {redirected}'
        command = ["sh", "-c", line, "sh", sys.executable, "-m", "keyless", *arguments, "access.yaml"]
        roots = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
        environment = {**os.environ, "PYTHONPATH": roots}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr, (tmp_path / "access.yaml").read_text()

    found = answered(closed)
    assert found == answered(closed.replace("&-", "/dev/null")) and found[0] == status, found
