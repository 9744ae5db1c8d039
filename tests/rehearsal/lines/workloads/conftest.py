"""One deployment of a service and servers for the tests of this folder."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.workloads.written import written


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """What a test changes it puts back; the last one takes it down."""
    with Stage(written(tmp_path_factory.mktemp("app")), "dev", print) as deployed:
        yield deployed
