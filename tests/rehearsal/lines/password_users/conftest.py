"""One deployment for the tests of users with secrets."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from keyless.verify.changes import rotation
from keyless.verify.deployed import Deployed, Function
from keyless.verify.probes import Probes, probes
from keyless.verify.rehearsed import RehearsedToolkit
from tests.rehearsal.lines.dev.place import PLACE
from tests.rehearsal.rehearsed import APP


@pytest.fixture(scope="session")
def secret_stage() -> Iterator[Stage]:
    """What a test changes it puts back; test_table.py takes it down at its end."""
    with Stage(APP, "dev", print, Variant("instance", "B")) as deployed:
        yield deployed


@pytest.fixture(scope="module")
def deployed(secret_stage: Stage) -> Deployed:
    return Deployed.read(secret_stage.cloud.client, PLACE.prefix)


@pytest.fixture(scope="module")
def writer(secret_stage: Stage, deployed: Deployed) -> Function:
    found = {function.name: function for function in rotation.planned(secret_stage.cloud.client, deployed)}
    assert found.keys() == {"workload/Migrator", "workload/Writer"}
    return found["workload/Writer"]


@pytest.fixture(scope="module")
def asked(
    secret_stage: Stage, deployed: Deployed, writer: Function, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Probes]:
    folder = tmp_path_factory.mktemp("probing")
    toolkit = RehearsedToolkit(APP, secret_stage.cloud, folder, print)
    only = replace(deployed, functions=(writer,))
    with probes(toolkit, secret_stage.cloud.client, only, PLACE, folder) as standing:
        yield standing
