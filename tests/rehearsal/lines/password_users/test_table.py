"""Users with secrets on an RDS instance: every line holds, and each broken control turns the right lines red."""

import pytest

from keyless.rehearsal.lines.own.lines import own_lines
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.breaks import Break, with_tls_optional_at_the_database, with_tls_optional_at_the_proxy
from tests.rehearsal.lines.password_users.secret_breaks import (
    DECRYPT,
    READ,
    function,
    moved,
    proxy,
    with_iam_required_at_the_proxy,
    without_a_rotation_function_that_works,
)

ENGINE = ("Bootstrap", "Watch", "Rotate")
THROUGH_THE_PROXY = {
    "Migrator: runs its migrations",
    "Migrator logs in as migrator, through the proxy",
    "Migrator as lambda_writer",
    "Migrator with a wrong password",
    "Migrator with an IAM token",
    "Migrator as lambda_writer, with its own password",
    "Writer: writes two events",
    "Writer logs in as lambda_writer, through the proxy",
    "Writer as migrator",
    "Writer with a wrong password",
    "Writer with an IAM token",
    "Writer as migrator, with its own password",
    "Writer: writes two events, after the rotation",
    "lambda_writer with the new password",
    "the password before the rotation",
    *(f"{name} as {user}, at the proxy" for name in ENGINE for user in ("migrator", "lambda_writer")),
}


def test_every_line_holds_on_what_is_deployed(secret_stage: Stage) -> None:
    lines = who_can_do_what(secret_stage).lines
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []


WRITER, MIGRATOR = function("workload", "Writer"), function("workload", "Migrator")
WITHOUT_ITS_SECRET = {"Writer: writes two events", "Writer: writes two events, after the rotation"}
BREAKS: dict[str, tuple[Break, set[str]]] = {
    # Its last call of the round before has failed, after which the emulator starts a function anew.
    "the writer's right on its secret dropped": (moved(WRITER, READ), WITHOUT_ITS_SECRET),
    "the writer's right on the key dropped": (moved(WRITER, DECRYPT), WITHOUT_ITS_SECRET),
    "the writer's policy widened to *": (moved(WRITER, READ, "*"), {"Writer reads migrator's secret"}),
    "the migrator's policy widened to *": (moved(MIGRATOR, READ, "*"), {"Migrator reads lambda_writer's secret"}),
    "the proxy's right on the secrets dropped": (moved(proxy, READ), THROUGH_THE_PROXY),
    "the proxy's right on the key dropped": (moved(proxy, DECRYPT), THROUGH_THE_PROXY),
    "IAM required at the proxy": (with_iam_required_at_the_proxy, THROUGH_THE_PROXY),
    "the rotation function's right dropped": (
        without_a_rotation_function_that_works,
        {"a rotation of lambda_writer's secret", "the password before the rotation"},
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, {"no TLS, at the proxy"}),
    "TLS optional at the instance": (with_tls_optional_at_the_database, {"no TLS, at the instance"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(secret_stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    list(own_lines(secret_stage))  # whatever broke before, the functions know their secrets now
    with control(secret_stage):
        lines = who_can_do_what(secret_stage).lines
    assert {line.what for line in lines if not line.holds} == red


def test_all_is_well_again_after_the_breaks_and_a_rotation_is_no_drift(secret_stage: Stage) -> None:
    lines = [
        *who_can_do_what(secret_stage).lines,
        *drift(secret_stage),
        *again(secret_stage),
        *going_down(secret_stage),
    ]
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert secret_stage.deployed.stacks() == set()
