"""A test that leaves the environment or the folder otherwise fails, and the next one finds them as they were."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leftovers import LeftBehindError, none_allowed


@pytest.mark.parametrize(
    ("leave", "named"),
    [
        (lambda: os.environ.update(KEYLESS_NEW="s3cret"), "KEYLESS_NEW"),
        (lambda: os.environ.update(KEYLESS_SET="s3cret"), "KEYLESS_SET"),
        (lambda: os.environ.pop("KEYLESS_SET"), "KEYLESS_SET"),
        (lambda: os.chdir("/"), "the folder /"),
    ],
)
def test_what_is_left_behind_is_named_and_put_back(
    leave: Callable[[], object], named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KEYLESS_SET", "before")
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    with pytest.raises(LeftBehindError, match=f"not put back: {named};"), none_allowed():
        leave()
    assert (dict(os.environ), Path.cwd()) == (before, tmp_path)


def test_what_was_put_back_is_fine() -> None:
    with none_allowed(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYLESS_NEW", "1")
        patch.chdir("/")


def test_every_test_is_watched(request: pytest.FixtureRequest) -> None:
    """By the fixture of `tests/conftest.py`, which none asks for."""
    assert "nothing_left_behind" in request.fixturenames
