"""A path that can't be written is refused before anything is done, by each command that writes a file at its end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keyless.access_plan.command import main as access_plan
from keyless.cli.command import main as keyless
from keyless.preflight.command import main as preflight
from keyless.rehearsal.__main__ import main as rehearse
from keyless.verify.command import main as verify

COMMANDS: dict[str, tuple[Callable[[list[str]], int], list[str]]] = {
    "verify": (verify, ["--rehearsed", "--json"]),
    "rehearse": (rehearse, ["--json"]),
    "preflight": (preflight, ["--environment", "dev", "--json"]),
    "access_plan": (access_plan, ["--base", "HEAD", "--whole"]),
    "approve": (keyless, ["approve", "--config", "config/access.yaml", "--to"]),
}


def _file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda folder: folder, "is a folder; allowed: a file"),
        (lambda folder: _file(folder) / "x.json", "is not a folder; allowed: a file in a folder that is there"),
    ],
    ids=["a folder", "in a file"],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_cannot_be_written_is_refused_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: Callable[[Path], Path], said: str
) -> None:
    main, options = COMMANDS[command]
    with pytest.raises(SystemExit) as ended:
        main([*options, str(wrong(tmp_path))])
    assert ended.value.code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"approve"}))  # which makes the folder
def test_a_folder_that_is_not_there_is_refused_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    main, options = COMMANDS[command]
    with pytest.raises(SystemExit):
        main([*options, str(tmp_path / "none" / "x.json")])
    assert f"{tmp_path / 'none'} is not there; allowed: a file in a folder that is" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["verify", "rehearse", "preflight"])
def test_an_access_spec_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    main, options = COMMANDS[command]
    (spec := tmp_path / "access.yaml").write_text("version: 1\n")
    with pytest.raises(SystemExit):
        main([*options, str(spec)])
    assert "is there and has something else in it than JSON" in capsys.readouterr().err
    assert spec.read_text() == "version: 1\n"
