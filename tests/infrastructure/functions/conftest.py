"""Nothing is taken from the user's cache, nor left there."""

from pathlib import Path

import pytest

from keyless_aurora import kept


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in kept.CI:
        monkeypatch.delenv(name, raising=False)
