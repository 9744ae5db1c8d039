"""Templates of every environment, synthesized once. Settles how jsii starts, before anything imports the CDK."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

# The template validator costs 6 s of CPU; the synth test runs it through the real command line.
os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "20"

from tests.app.environments import ENVIRONMENTS
from tests.infrastructure.support import Synthesis, synthesize


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesis]:
    """The app as it ships in an environment, by name. Synthesized once: tests break copies of the templates only."""
    return cache(lambda name: synthesize(ENVIRONMENTS[name], tmp_path_factory.mktemp(name)))


@pytest.fixture(params=ENVIRONMENTS)
def every(request: pytest.FixtureRequest, shipped: Callable[[str], Synthesis]) -> Synthesis:
    """The app as it ships, in each of its environments."""
    return shipped(request.param)


@pytest.fixture(scope="session")
def prod(shipped: Callable[[str], Synthesis]) -> Synthesis:
    """The app in one environment, for tests that break a copy of it."""
    return shipped("prod")


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """A folder for one synth."""
    yield tmp_path / "cdk.out"
