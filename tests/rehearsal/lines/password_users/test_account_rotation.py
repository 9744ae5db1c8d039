"""`keyless verify --with-changes rotation`: how soon a new password works, and the one before doesn't."""

import pytest

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.stage.running import Stage
from keyless.verify.changes import rotation
from keyless.verify.changes.rotation import NEW, OLD, ROTATED
from keyless.verify.deployed import Function
from keyless.verify.probes import Probes
from keyless.verify.rehearsed import addresses
from tests.rehearsal.lines.password_users.secret_breaks import (
    READ,
    moved,
    proxy,
    without_a_rotation_function_that_works,
)


def _rotated(stage: Stage, asked: Probes, writer: Function) -> dict[str, Line]:
    lines = rotation.rotation(asked, stage.cloud.client, writer, addresses(stage), print)
    return {line.what.removeprefix(writer.name).lstrip(": "): line for line in lines}


def test_the_new_password_works_and_the_one_before_is_refused(
    secret_stage: Stage, asked: Probes, writer: Function, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _rotated(secret_stage, asked, writer)
    assert [line for line in found.values() if not line.holds] == []
    assert list(found) == [ROTATED, NEW, OLD]
    assert all(found[what].measured.milliseconds > 0 for what in (NEW, OLD))
    password = secret_stage.deployed.secrets.password(writer.login.user)
    assert password not in str(found) + capsys.readouterr().out


def test_a_rotation_that_does_not_end_is_named(
    secret_stage: Stage, asked: Probes, writer: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_ROTATION_SECONDS", 3.0)
    with without_a_rotation_function_that_works(secret_stage):
        found = _rotated(secret_stage, asked, writer)
    assert {what: line.measured.outcome for what, line in found.items()} == {ROTATED: Outcome.OTHER}


def test_a_proxy_that_does_not_notice_is_named(
    secret_stage: Stage, asked: Probes, writer: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient, moved(proxy, READ)(secret_stage):
        impatient.setattr(rotation, "_NOTICE_SECONDS", 1.0)
        found = _rotated(secret_stage, asked, writer)
    assert {what for what, line in found.items() if not line.holds} == {NEW, OLD}
    assert found[NEW].measured.reason.endswith("s after it still")
    assert _rotated(secret_stage, asked, writer)[NEW].holds
