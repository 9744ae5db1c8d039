"""On MySQL and MariaDB a kept rehearsal shows a line for each user; what it can't be is said."""

import json
from pathlib import Path

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.as_user import main
from keyless.rehearsal.loop.waiting import as_users

SPEC = AccessSpec.parse(
    {
        "version": 1,
        "databases": [{"name": "app"}],
        "users": [{"username": "writer"}, {"username": "reports"}, {"username": "gone", "can_login": False}],
    }
)


def test_each_user_who_logs_in_has_a_line() -> None:
    assert as_users(SPEC.users, {"writer", "keyless_master"}) == [
        "  as writer:   python -m keyless.rehearsal.as_user writer 'SHOW GRANTS'",
        "  as reports: no function logs in as it; look at it as the superuser",
    ]


def test_nobody_is_a_user_whom_no_function_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handed = {"function": "f", "handler": "h.h", "source": "", "bundle": ""}
    functions = {"W": {**handed, "variables": {"MYSQL_USER": "writer"}}, "P": {**handed, "variables": {}}}
    (tmp_path / "rehearsal.json").write_text(json.dumps({"cloud": {}, "functions": functions}))
    monkeypatch.setenv("KEYLESS_REHEARSAL", str(tmp_path))
    assert main(["reports", "SELECT 1"]) == 2
    assert capsys.readouterr().err == "no function logs in as 'reports'; allowed: writer\n"


def test_without_a_rehearsal_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("KEYLESS_REHEARSAL", raising=False)
    assert main(["writer", "SELECT 1"]) == 2
    assert "KEYLESS_REHEARSAL is not set; allowed: first the line" in capsys.readouterr().err
