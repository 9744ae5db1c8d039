"""A fresh world of endpoints for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.rehearsal.endpoints.world import World, running_world
from tests.unclosed import collect_unclosed


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    with running_world(database, tmp_path) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def _unclosed() -> Iterator[None]:
    """Logins that are refused leave transports open in several drivers; else the next module's first test has them."""
    yield
    collect_unclosed()
