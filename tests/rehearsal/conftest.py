"""One deployment for the tests that look at it from several sides."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.stage import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back; tests/rehearsal/test_rehearsal.py takes it down at its end."""
    with Stage("dev", print) as deployed:
        yield deployed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a deployment or a cloud runs in one xdist worker, in the file's order."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        group = "stage" if "stage" in fixtures else "cloud" if "rehearsal/cloud" in item.path.as_posix() else "endpoints"
        item.add_marker(pytest.mark.xdist_group(group))
