"""The stage's folder goes with it, or with the next stage when the process was killed."""

import os
import tempfile
import time
from pathlib import Path

import pytest

from keyless.rehearsal.stage.folder import own_folder


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def made(parent: Path, name: str, *, seconds_ago: float) -> Path:
    folder = parent / name
    (folder / "cdk.out").mkdir(parents=True)
    then = time.time() - seconds_ago
    os.utime(folder, (then, then))
    return folder


def test_a_killed_ones_folder_goes_with_the_next(temporary: Path) -> None:
    left = made(temporary, "keyless-rehearsal-left", seconds_ago=120)
    young = made(temporary, "keyless-rehearsal-young", seconds_ago=0)
    others = made(temporary, "somebodys", seconds_ago=120)
    with own_folder():
        assert [left.exists(), young.exists(), others.exists()] == [False, True, True]


def test_a_running_ones_folder_stays(temporary: Path) -> None:
    with own_folder() as running:
        os.utime(running, (0, 0))
        with own_folder():
            assert running.exists()
    assert not running.exists()
