"""The emulator that tests share, and which tests run in one worker."""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from keyless.rehearsal.emulator.cloud import Cloud


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYLESS_LEAK", "the operator's")
        with Cloud() as running:
            yield running


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """The tests of a folder run in one worker, in the order of files.

    xdist's own loadgroup groups nothing: version 3.8 writes the group into `Item._nodeid`, which pytest 9.2 no longer
    reads.
    """
    return _Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None


class _Grouped(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        """A folder's tests share their fixtures; each test in lines/variants deploys a stage of its own."""
        folder = nodeid.split("::", 1)[0].rpartition("/")[0]
        return nodeid if folder.endswith("lines/variants") else folder
