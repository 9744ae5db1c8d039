"""A fresh world of endpoints for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.rehearsal.endpoints.world import World, running_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with running_world(database, tmp_path) as running:
        yield running
