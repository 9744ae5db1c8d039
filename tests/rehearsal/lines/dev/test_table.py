"""Every line holds on what is deployed, and each control, broken on purpose, turns the right lines red."""

import pytest

from keyless.rehearsal.__main__ import status
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.breaks import BREAKS


def test_every_line_holds_on_what_is_deployed(stage: Stage) -> None:
    lines = list(who_can_do_what(stage))
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert len(lines) == 18
    assert status(lines) == 0


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    with control(stage):
        lines = list(who_can_do_what(stage))
    assert {line.what for line in lines if not line.holds} == red
    assert status(lines) == 1


def test_all_is_well_again_after_the_breaks(stage: Stage) -> None:
    assert [line.what for line in who_can_do_what(stage) if not line.holds] == []
