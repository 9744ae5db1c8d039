"""A deployment for tests that deploy other specs over the sample's."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.operator import Operator, operator_of
from tests.rehearsal.rehearsed import APP


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back."""
    with Stage(APP, "dev", print) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def operator(stage: Stage) -> Iterator[Operator]:
    """A person, with a role that may look for the environment and log in as its master."""
    with operator_of(stage) as made:
        yield made
