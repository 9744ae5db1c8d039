"""Whatever the access spec doesn't give is named, by a verify and by the rehearsal alike."""

from collections.abc import Iterator

import pytest

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights.lines import measured
from keyless.rehearsal.stage.running import Stage
from keyless.verify.command import spec_of
from keyless.verify.deployed import Deployed
from keyless.verify.probes import Probes
from keyless.verify.rehearsed import addresses
from keyless.verify.rights import Rights, rights
from tests.app.app import ACCESS
from tests.rehearsal.lines.dev.beyond import BEYOND, GONE, MADE


@pytest.fixture(scope="module", autouse=True)
def things(stage: Stage) -> Iterator[None]:
    with stage.superuser("app") as superuser:
        superuser.execute(MADE.encode())
    yield
    with stage.superuser("app") as superuser:
        superuser.execute(GONE.encode())


def _verified(stage: Stage, deployed: Deployed, probing: Probes) -> Rights:
    return rights(deployed, probing, spec_of(ACCESS, deployed), addresses(stage))


def _wrong(lines: tuple[Line, ...]) -> set[str]:
    return {line.what for line in lines if not line.holds}


def test_nothing_is_wrong_and_all_is_looked_at(stage: Stage, deployed: Deployed, probing: Probes) -> None:
    found = _verified(stage, deployed, probing)
    lines, rehearsed = found.lines, measured(stage)
    assert _wrong(lines) == _wrong(rehearsed.lines) == set()
    names = {line.what for line in lines}
    for thing in ("table foo.beyond_4", "table foo.beyond_part", "table foo.beyond_view"):
        assert f"lambda_writer: TRUNCATE on {thing} in database app" in names
    assert "lambda_writer: EXECUTE on function foo.beyond_trigger() in database app" in names
    for notes in (found.notes, rehearsed.notes):
        assert any("what PUBLIC has on them: postgres (CONNECT" in note for note in notes)


@pytest.mark.parametrize("name", BEYOND)
def test_what_the_spec_does_not_give_is_named(stage: Stage, deployed: Deployed, probing: Probes, name: str) -> None:
    (there, back), red = BEYOND[name]
    with stage.superuser("app") as superuser:
        superuser.execute(there.encode())
        try:
            verified, rehearsed = _wrong(_verified(stage, deployed, probing).lines), _wrong(measured(stage).lines)
        finally:
            superuser.execute(back.encode())
    assert red <= verified
    assert red <= rehearsed
    if "owner" not in name:
        assert verified == red
