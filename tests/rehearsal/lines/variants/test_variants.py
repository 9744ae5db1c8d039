"""The other databases and ways to them: every line of each one's table holds, from deploy to destroy."""

import pytest

from keyless.rehearsal.lines.drift import drift
from keyless.rehearsal.lines.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.stage.variant import Variant

COUNTS = {
    Variant("instance", "A"): 18,
    Variant("aurora", "B"): 19,
    Variant("aurora", "C"): 15,
    Variant("instance", "C"): 15,
    Variant("aurora", "C", "password"): 16,
}
"""How many lines say who can do what. tests/rehearsal/lines/password_users has an instance with B."""


@pytest.mark.parametrize("variant", COUNTS, ids=lambda v: "-".join(filter(None, (v.database, v.pattern, v.users))))
def test_every_line_holds(variant: Variant) -> None:
    with Stage("dev", print, variant) as stage:
        lines = list(who_can_do_what(stage))
        assert len(lines) == COUNTS[variant]
        lines += [*drift(stage), *again(stage), *going_down(stage)]
        assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
        assert len(lines) == COUNTS[variant] + 10
