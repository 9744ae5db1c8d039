"""A fresh stage for each test."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.migrate.stage import Stage, on_stage


@pytest.fixture
def stage(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Stage:
    return on_stage(database, monkeypatch, capsys, tmp_path)
