"""`keyless create-user` and its siblings: the seed's flags, what is shown, what is refused, and the exit status."""

import json
from pathlib import Path

import pytest

from db_access.spec import AccessSpec, User
from keyless.cli.command import main

ROOT = Path(__file__).parents[4]
GROUP = "groups:\n  - name: app_group\n"
ARN = "arn:aws:iam::123456789012:role/RDSAccessRole"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:report-a1b2c3"
SEED = [
    *("create-user", "iam_user", "--auth-method", "iam", "--groups", "app_group", "--privileges", "CONNECT"),
    *("--databases", "app", "--iam-role", ARN, "--description", "IAM authenticated user"),
]
"""As the guide of the PostgreSQL user manager has it."""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "config" / "access.yaml"
    path.parent.mkdir()
    path.write_text((ROOT / "tests/app/config/access.yaml").read_text() + GROUP)
    return path


def run(*arguments: str) -> int:
    try:
        return main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)


def test_the_seeds_command_adds_the_user_it_says(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = spec.read_text()
    assert run(*SEED) == 0
    user = AccessSpec.load(spec).users[-1]
    assert (user.username, user.auth_method, user.iam_role, user.databases) == ("iam_user", "iam", ARN, ("app",))
    assert ([group.name for group in user.groups], user.privileges) == (["app_group"], ("CONNECT",))
    out = capsys.readouterr().out
    assert out.startswith("--- config/access.yaml\n+++ config/access.yaml\n@@") and "+  - username: iam_user\n" in out
    assert [line for line in before.splitlines() if line not in spec.read_text()] == []


@pytest.mark.parametrize("command", ["create-user", "alter-user"])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(
    spec: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    before = spec.read_text()
    assert run(command, "migrator", "--auth-method", "password", "--password", "hunter2") == 1
    out, err = capsys.readouterr()
    assert "allowed: --password-secret ARN" in err and "hunter2" not in out + err and spec.read_text() == before


def test_where_a_password_comes_from_is_said(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("create-user", "one", "--auth-method", "password") == 0
    assert "no secret is named for the password, so the stacks make one" in capsys.readouterr().err
    assert run("create-user", "two", "--auth-method", "password", "--password-secret", SECRET) == 0
    assert capsys.readouterr().err == ""
    assert AccessSpec.load(spec).users[-1].password_secret == SECRET


def test_a_dry_run_writes_nothing_and_says_all(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = spec.read_bytes()
    assert run("disable-user", "migrator", "--dry-run", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], found["changed"], spec.read_bytes()) == ("config/access.yaml", False, before)
    assert "+    enabled: false" in found["diff"]


def test_there_and_back_is_no_more_than_what_was_said(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("disable-user", "migrator") == 0 and not _user(spec, "migrator").logs_in
    assert run("disable-user", "migrator") == 0
    assert capsys.readouterr().out.endswith("config/access.yaml: nothing to change\n")
    assert run("alter-user", "migrator", "--enable") == 0 and _user(spec, "migrator").logs_in


def test_lists_take_commas_and_repeats_and_an_empty_text_takes_away(spec: Path) -> None:
    assert run("alter-user", "migrator", "--privileges", "CONNECT,CREATE", "--privileges", "TEMPORARY") == 0
    assert _user(spec, "migrator").privileges == ("CONNECT", "CREATE", "TEMPORARY")
    assert run("alter-user", "migrator", "--iam-role", ARN, "--description", "x") == 0
    assert run("alter-user", "migrator", "--iam-role", "", "--description", "", "--privileges", "") == 0
    changed = _user(spec, "migrator")
    assert (changed.iam_role, changed.description, changed.privileges) == (None, "", ())


def test_a_dropped_user_is_to_be_dropped_and_one_that_comes_back_is_not(spec: Path) -> None:
    assert run("drop-user", "lambda_writer") == 0
    assert [(each.username, each.drop) for each in AccessSpec.load(spec).retired] == [("lambda_writer", True)]
    assert run("create-user", "lambda_writer") == 0 and AccessSpec.load(spec).retired == ()
    assert run("drop-user", "lambda_writer", "--keep-role") == 0 and AccessSpec.load(spec).retired == ()


REFUSED = [
    (["create-user", "migrator"], "'migrator' is already declared"),
    (["create-user", "pg_x"], "users[3].username (pg_x), config/access.yaml:"),
    (["create-user", "x", "--groups", "nope"], "no group is named 'nope'; allowed: app_group"),
    (
        ["create-user", "x", "--privileges", "DELETE"],
        "'DELETE' is not allowed; allowed: 'CONNECT', 'CREATE' or 'TEMPORARY'",
    ),
    (
        ["create-user", "x", "--connection-limit", "-7"],
        "'-7' is not allowed; allowed: a whole number from -1 to 262,143",
    ),
    (["create-user", "x", "--iam-role", "nope"], "allowed: the ARN of an IAM role"),
    (["create-user", "x", "--auth-method", "none", "--iam-role", ARN], "is for users that connect by IAM only"),
    (["create-user", "x", "--auth-method", "token"], "'token' is not one of 'iam', 'password', 'none'"),
    (["alter-user", "migrater", "--enable"], "no user is named 'migrater'; did you mean 'migrator'?"),
    (["alter-user", "migrator"], "nothing is said of the user"),
    (["drop-user", "nobody"], "no user is named 'nobody'"),
    (["disable-user", "migrator", "--config", "nowhere.yaml"], "nowhere.yaml: No such file"),
    (["disable-user", "migrator", "--dry-run", "--sync"], "--dry-run is not allowed with --sync"),
]


@pytest.mark.parametrize(("command", "problem"), REFUSED, ids=[problem for _, problem in REFUSED])
def test_what_is_not_allowed_is_said_and_leaves_the_file(
    spec: Path, capsys: pytest.CaptureFixture[str], command: list[str], problem: str
) -> None:
    before = spec.read_bytes()
    assert run(*command) == 1
    out, err = capsys.readouterr()
    assert problem in err and out == "" and spec.read_bytes() == before


def _user(spec: Path, name: str) -> User:
    return next(user for user in AccessSpec.load(spec).users if user.username == name)
