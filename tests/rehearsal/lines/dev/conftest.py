"""One deployment for the tests that look at it from several sides."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from keyless.verify.probes import Probes, probes
from keyless.verify.rehearsed import RehearsedToolkit
from tests.rehearsal.lines.dev.operator import Operator, operator_of
from tests.rehearsal.lines.dev.place import PLACE
from tests.rehearsal.rehearsed import APP


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who takes the stage down comes last."""
    items.sort(key=lambda item: item.path.name == "test_take_down.py")


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back; test_take_down.py takes it down at its end."""
    with Stage(APP, "dev", print) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def deployed(stage: Stage) -> Deployed:
    return Deployed.read(stage.cloud.client, PLACE.prefix)


@pytest.fixture(scope="module")
def probing(stage: Stage, deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probes]:
    """The probes of a verify, deployed."""
    folder = tmp_path_factory.mktemp("probing")
    toolkit = RehearsedToolkit(APP, stage.cloud, folder, print)
    with probes(toolkit, stage.cloud.client, deployed, PLACE, folder) as asked:
        yield asked


@pytest.fixture(scope="module")
def operator(stage: Stage) -> Iterator[Operator]:
    """A person, with a role that may look for the environment and log in as its master."""
    with operator_of(stage) as made:
        yield made
