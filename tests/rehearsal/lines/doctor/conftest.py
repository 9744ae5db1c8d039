"""A deployment that the doctor's tests have for themselves: a worker of their own looks at it."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.examining import Examining, examining_of
from tests.rehearsal.rehearsed import APP


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back."""
    with Stage(APP, "dev", print) as deployed:
        yield deployed


@pytest.fixture
def examining(stage: Stage, capsys: pytest.CaptureFixture[str]) -> Iterator[Examining]:
    with examining_of(stage, capsys) as made:
        yield made
