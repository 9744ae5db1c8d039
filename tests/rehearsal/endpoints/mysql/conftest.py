"""A fresh world of endpoints for each test, in front of each server of the family."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mysql.servers import Instance
from tests.rehearsal.endpoints.mysql.world import World, running_world


@pytest.fixture
def world(instance: Instance, tmp_path: Path) -> Iterator[World]:
    with running_world(instance, tmp_path) as running:
        yield running
