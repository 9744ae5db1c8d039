"""The client's line about a login that waited is found in a log of either format, and nothing else is taken for it."""

import json

import pytest

from keyless.verify.waited import _told
from keyless_client.waiting import WAITED

LINE = json.dumps({WAITED: {"milliseconds": 1200, "attempts": 3, "for": ["settles"]}})
TOLD = {"milliseconds": 1200, "attempts": 3, "for": ["settles"]}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (LINE, TOLD),
        (f"[WARNING]\t2026-11-29T08:00:00.000Z\t2b1c\t{LINE}\n", TOLD),
        (json.dumps({"timestamp": "2026-11-29T08:00:00Z", "level": "WARNING", "message": LINE}), TOLD),
        ("not connected after 0 s, trying for up to 10 s more: {refused}", {}),
        (f"somebody wrote {WAITED}", {}),
        (json.dumps({"message": WAITED}), {}),
        (json.dumps([WAITED]), {}),
    ],
)
def test_the_line_is_read_behind_whatever_lambda_puts_around_it(message: str, told: dict[str, object]) -> None:
    assert _told(message) == told
