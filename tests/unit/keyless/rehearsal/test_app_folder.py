"""The app that is rehearsed is found from where one stands, and what is missing is said with what is allowed."""

from pathlib import Path

import pytest

from keyless.cli import main
from keyless.rehearsal.app_folder import AppError, AppFolder


def test_the_nearest_folder_with_a_cdk_json_is_the_app(tmp_path: Path) -> None:
    inner = tmp_path / "app" / "code"
    inner.mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "app"):
        (folder / "cdk.json").write_text("{}")
    assert AppFolder.find(inner).path == tmp_path / "app"


def test_a_tool_is_taken_from_the_nearest_node_modules(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    for folder in (tmp_path, tmp_path / "app"):
        (folder / "node_modules" / ".bin").mkdir(parents=True)
    (tmp_path / "node_modules" / ".bin" / "cdk").write_text("")
    assert AppFolder(tmp_path / "app").tool("cdk") == tmp_path / "node_modules" / ".bin" / "cdk"


def test_no_app_and_no_tool_are_said(tmp_path: Path) -> None:
    with pytest.raises(
        AppError, match=r"has a cdk\.json; allowed: the folder of a CDK app as the current one, or --app"
    ):
        AppFolder.find(tmp_path)
    with pytest.raises(AppError, match=r"cdklocal is not installed in .*; allowed: `npm ci`"):
        AppFolder(tmp_path).tool("cdklocal")


def test_keyless_rehearse_is_the_same_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--app", str(tmp_path)]) == 2
    assert "no app in" in capsys.readouterr().err
