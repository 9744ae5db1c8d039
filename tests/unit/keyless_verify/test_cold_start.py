"""A cold start's time is read from the log's tail, and from nothing else."""

from base64 import b64encode

import pytest

from keyless.verify.probes import cold_start

REPORT = "START RequestId: 1\nREPORT RequestId: 1\tDuration: 12.10 ms\tBilled Duration: 13 ms\tMax Memory Used: 90 MB\t"


@pytest.mark.parametrize(
    ("tail", "expected"),
    [(f"{REPORT}Init Duration: 812.34 ms\t\n", 812.34), (f"{REPORT}\n", None), ("", None)],
)
def test_only_a_first_call_has_one(tail: str, expected: float | None) -> None:
    assert cold_start(b64encode(tail.encode()).decode()) == expected
