"""One deployment for the tests that look at it from several sides."""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from keyless.rehearsal.stage.running import Stage

_SHARE_A_STAGE = ("test_drift", "test_failures", "test_large_spec", "test_rehearsal")
_SHARE_A_STAGE_WITH_SECRETS = ("test_secrets",)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The dev environment, deployed. What a test changes it puts back; tests/rehearsal/lines/test_rehearsal.py takes it
    down at its end."""
    with Stage("dev", print) as deployed:
        yield deployed


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """What shares a deployment or a cloud runs in one worker, in the order of files.

    Said here, because xdist 3.8 writes the group into `Item._nodeid`, which pytest 9.2 reads no more: its loadgroup
    groups nothing.
    """
    return _Grouped(config, log) if config.getvalue("dist") == "loadgroup" else None


class _Grouped(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0].rsplit("/", 1)[-1].removesuffix(".py")
        if file in _SHARE_A_STAGE:
            return "stage"
        if file in _SHARE_A_STAGE_WITH_SECRETS:
            return "stage with secrets"
        if file == "test_variants":
            return nodeid
        return "cloud" if "rehearsal/emulator/" in nodeid else "endpoints"
