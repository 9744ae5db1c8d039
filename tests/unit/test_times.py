"""Tests never assert how long something took: a machine under load is slow, and jitter is short."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TOOK = re.compile(r"\bassert\b.*\b(?:monotonic|perf_counter|process_time|time)\(\) - .*")
AT_LEAST = {("reliability/test_wire.py", "assert time.monotonic() - begin >= 4 * 0.05")}
"""What sleeps can't fall short of that."""


def test_no_test_asserts_a_time() -> None:
    tests = [file for file in TESTS.rglob("*.py") if "node_modules" not in file.parts and file != Path(__file__)]
    found = {(str(file.relative_to(TESTS)), took[0]) for file in tests for took in TOOK.finditer(file.read_text())}
    assert found == AT_LEAST
