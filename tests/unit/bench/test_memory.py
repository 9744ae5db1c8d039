"""A peak of memory in the benchmark is the measured program's own, however large the process is that starts it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench import runs

LARGE = 300 << 20


@pytest.fixture(autouse=True)
def _large_process() -> Iterator[None]:
    held = b"x" * LARGE  # every page of it written, and so resident
    yield
    del held


def test_a_cold_process_reports_its_own_peak() -> None:
    assert 1 < runs.interpreter().peak_mb < 100


def test_a_warm_process_reports_its_own_peak() -> None:
    told = subprocess.check_output(
        [sys.executable, "-c", "from bench.measured import peak_mb; print(peak_mb())"], env=runs.environment()
    )
    assert 1 < float(told) < 200
