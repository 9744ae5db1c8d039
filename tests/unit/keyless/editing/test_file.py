"""An edit replaces all of a file or nothing of it, and takes nothing from whoever else uses it."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyless.editing import file as file_module
from keyless.editing.errors import EditError
from keyless.editing.file import opened

ROOT = Path(__file__).parents[4]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "access.yaml"
    path.write_bytes(b"old\r\n")
    return path


def replace(path: Path, text: str = "new\r\n") -> None:
    with opened(path) as file:
        file.replace(text)


def test_mode_owner_and_attributes_stay_and_nothing_is_left_beside(spec: Path) -> None:
    spec.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(spec, 12345, 23456)
    before = spec.stat()
    replace(spec)
    after = spec.stat()
    assert spec.read_bytes() == b"new\r\n" and after.st_ino != before.st_ino and after.st_mtime_ns > before.st_mtime_ns
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert [*spec.parent.iterdir()] == [spec]


def test_a_link_stays_one_and_what_it_names_is_changed(spec: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.yaml"
    link.symlink_to(Path("..") / spec.name)
    replace(link)
    assert link.is_symlink() and spec.read_bytes() == b"new\r\n" and [*folder.iterdir()] == [link]


@pytest.mark.parametrize("mode", [0o444, 0o400])
def test_a_read_only_file_is_refused(spec: Path, mode: int) -> None:
    spec.chmod(mode)
    with pytest.raises(EditError, match="is read-only; allowed: a file that this user may write"):
        replace(spec)
    assert spec.read_bytes() == b"old\r\n"


def test_what_is_not_a_file_of_one_name_is_refused(spec: Path) -> None:
    with pytest.raises(EditError, match="is not a file"):
        replace(spec.parent)
    with pytest.raises(EditError, match="No such file"):
        replace(spec.parent / "nowhere.yaml")
    (spec.parent / "loop").symlink_to("loop")
    with pytest.raises((EditError, RuntimeError)):
        replace(spec.parent / "loop")
    os.mkfifo(spec.parent / "pipe")
    with pytest.raises(EditError, match="is not a file"):
        replace(spec.parent / "pipe")
    os.link(spec, spec.parent / "other")
    with pytest.raises(EditError, match="has 2 names"):
        replace(spec)
    assert spec.read_bytes() == b"old\r\n"


def test_a_file_that_has_changed_meanwhile_keeps_that_change(spec: Path) -> None:
    with opened(spec) as file:
        spec.write_text("somebody else's\n")
        with pytest.raises(EditError, match="has changed meanwhile"):
            file.replace("ours\n")
    assert spec.read_text() == "somebody else's\n" and [*spec.parent.iterdir()] == [spec]


def test_what_ends_a_write_leaves_the_old_file_and_nothing_beside(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, and Ctrl-C."""
    for error in (OSError(28, "No space left on device"), KeyboardInterrupt()):

        def fails(_: int, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fails)
            with pytest.raises((EditError, KeyboardInterrupt)):
                replace(spec)
        assert spec.read_bytes() == b"old\r\n" and [*spec.parent.iterdir()] == [spec]


def test_an_owner_that_cant_be_kept_is_an_error(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to somebody else")
    os.chown(spec, 12345, 23456)

    def refused(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    with pytest.raises(EditError, match="Operation not permitted"):
        replace(spec)
    assert spec.read_bytes() == b"old\r\n" and [*spec.parent.iterdir()] == [spec]


def test_who_waits_too_long_for_another_edit_is_told(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "_WAIT_SECONDS", 0.1)
    descriptor = os.open(spec.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(EditError, match="another edit is at work in this folder"):
            replace(spec)
    finally:
        os.close(descriptor)
    replace(spec)


def test_edits_at_the_same_time_are_all_made(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    path.write_text("version: 1\ndatabases: [{name: app}]\nusers: []\n")
    paths = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "keyless", "create-user", f"u{n}", "--config", str(path)],
            env={"PYTHONPATH": paths, "PATH": os.environ["PATH"]},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(6)
    ]
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, said
    assert all(f"username: u{n}" in path.read_text() for n in range(6))


def test_what_is_not_utf8_is_refused_with_its_line(spec: Path) -> None:
    spec.write_bytes(b"a: 1\nb: \xff\n")
    with opened(spec) as file, pytest.raises(EditError, match=r"access.yaml:2: not text in UTF-8"):
        _ = file.text


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    with pytest.raises(EditError, match=r"loop\.yaml: Too many levels of symbolic links"):
        replace(loop)
