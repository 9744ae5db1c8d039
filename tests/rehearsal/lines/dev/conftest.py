"""One deployment for the tests that look at it from several sides."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back; test_take_down.py takes it down at its end."""
    with Stage("dev", print) as deployed:
        yield deployed
