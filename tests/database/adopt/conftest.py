"""`keyless` on the test's own database."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)
