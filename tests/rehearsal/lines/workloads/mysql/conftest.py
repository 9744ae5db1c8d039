"""A deployment of a service and servers on each server of the family, for the tests of this folder."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant
from tests.rehearsal.lines.workloads.written import WEB_MYSQL, written


@pytest.fixture(scope="session", params=["aurora-mysql", "mariadb"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """What a test changes it puts back; the last one takes it down."""
    app, variant = written(tmp_path_factory.mktemp("app"), WEB_MYSQL), Variant(request.param, "A")
    with Stage(app, "dev", print, variant) as deployed:
        yield deployed
