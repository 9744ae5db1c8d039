"""Every line holds on what is deployed, and each control, broken on purpose, turns the right lines red."""

import pytest

from keyless.rehearsal.__main__ import status
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.breaks import BREAKS


def test_every_line_holds_on_what_is_deployed(stage: Stage) -> None:
    lines = who_can_do_what(stage).lines
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert {line.group for line in lines} == {
        *(f"function {name}" for name in ("Migrator", "Writer", "Bootstrap", "Watch")),
        *(f"user {name}" for name in ("migrator", "lambda_writer", "drift_watch")),
        "database app",
        "platform",
    }
    assert status(lines) == 0


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    with control(stage):
        lines = who_can_do_what(stage).lines
    assert {line.what for line in lines if not line.holds} == red
    assert status(lines) == 1


def test_a_row_says_what_a_user_can_do_and_a_right_given_by_hand_is_in_it(stage: Stage) -> None:
    assert ("lambda_writer", ("foo", "bar"), ("write", "draw", "—", "—")) in shown(stage)
    assert (
        "migrator (as app_owner)",
        ("foo", "bar", "ops"),
        ("everything", "draw, read, set", "call", "create"),
    ) in shown(stage)
    stage.execute("GRANT SELECT ON foo.event TO lambda_writer")
    assert ("lambda_writer", ("foo",), ("read, write", "draw", "—", "—")) in shown(stage)
    stage.execute("REVOKE SELECT ON foo.event FROM lambda_writer")


def shown(stage: Stage) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(row.user, row.schemas, row.cells) for row in who_can_do_what(stage).rows]


def test_all_is_well_again_after_the_breaks(stage: Stage) -> None:
    assert [f"{line.what}: {line.measured}" for line in who_can_do_what(stage).lines if not line.holds] == []
