"""docs/preflight.md is complete."""

import re
from pathlib import Path

from keyless.preflight.account.actions import ACTIONS, right
from keyless.preflight.look import CHECKS

TEXT = (Path(__file__).parents[3] / "docs" / "preflight.md").read_text()


def test_it_lists_exactly_the_rights_that_are_needed() -> None:
    """GetCallerIdentity needs none."""
    listed = set(re.findall(r'"([a-z0-9-]+:[A-Z]\w+)"', TEXT))
    needed = {right(service, operation) for service, operations in ACTIONS.items() for operation in operations}
    assert listed == needed - {"sts:GetCallerIdentity"}


def test_it_has_a_line_for_each_check() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", TEXT, re.MULTILINE)
    assert set(rows) - {"check"} == {"clock", *CHECKS}
