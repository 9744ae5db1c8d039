"""Templates of every environment, synthesized once. Settles how jsii starts, before anything imports the CDK."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# The template validator costs 6 s of CPU; the synth test runs it through the real command line.
os.environ["CDK_VALIDATION"] = "false"
os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "20"

from stacks.environments import ENVIRONMENTS, Environment
from tests.infrastructure.support import Synthesis, synthesize


@pytest.fixture(scope="session", params=list(ENVIRONMENTS.values()), ids=list(ENVIRONMENTS))
def every(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The app as it ships, in each of its environments."""
    environment: Environment = request.param
    return synthesize(environment, tmp_path_factory.mktemp(environment.name))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The app in one environment, for tests that break a copy of it."""
    return synthesize(ENVIRONMENTS["prod"], tmp_path_factory.mktemp("one"))


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """A folder for one synth."""
    yield tmp_path / "cdk.out"
