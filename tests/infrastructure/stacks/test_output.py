"""What a synth removes from its output folder, which may be any that somebody names: what the CDK would believe."""

from pathlib import Path

import pytest

from keyless_aurora.app.synthesis import OutputError, new_app

BELIEVED = (
    "asset.0a1b",
    "asset.0a1b-building",
    "asset.0a1b.zip",
    "bundling-temp-0a",
    "assembly-x",
    "validation-report.json",
)


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    monkeypatch.setenv("CDK_OUTDIR", str(folder))
    return folder


def test_what_would_be_believed_is_removed_and_nothing_else(output: Path) -> None:
    for name in BELIEVED:
        (output / name).mkdir() if "." not in name[6:] and name[0] != "v" else (output / name).touch()
    for name in ("synth.lock", "read.1.1.lock", "notes.txt"):
        (output / name).touch()
    new_app()
    assert {path.name for path in output.iterdir()} == {"synth.lock", "read.1.1.lock", "notes.txt"}


def test_of_a_link_only_the_link_is_removed(output: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "handler.py").touch()
    (output / "asset.0a1b").symlink_to(elsewhere)
    (output / "asset.0a1c").symlink_to("nowhere")
    new_app()
    assert list(output.iterdir()) == []
    assert (elsewhere / "handler.py").exists()


def test_a_folder_that_is_not_there_yet_is_no_error(output: Path) -> None:
    output.rmdir()
    new_app()


def test_what_cant_be_removed_is_named(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (output / "asset.0a1b").touch()

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OutputError, match=r"asset\.0a1b is left of an earlier synth and can't be removed: Permission"):
        new_app()
