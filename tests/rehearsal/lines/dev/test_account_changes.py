"""`keyless verify --with-changes`: what it changes is seen by what must see it, and undone in every outcome."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.stage.running import Stage
from keyless.verify.changes import giving
from keyless.verify.changes.by_hand import ByHand
from keyless.verify.changes.drift import GIVEN, TAKEN_BACK, UNTOUCHED, drift
from keyless.verify.changes.giving import NotTakenBackError
from keyless.verify.changes.kinds import Change
from keyless.verify.changes.plan import Changes
from keyless.verify.changes.watch import Watch
from keyless.verify.command import spec_of
from keyless.verify.deployed import Deployed
from keyless.verify.left import NotAllowedError, refuse_second, remove_left
from keyless.verify.probes import ProbeError, Probes, probes
from keyless.verify.questions import reached, right
from keyless.verify.rehearsed import RehearsedToolkit, addresses
from keyless.verify.statement import statement
from keyless_probe import by_hand as by_hand_of_probe
from keyless_probe.question import Question
from tests.app.app import ACCESS
from tests.rehearsal.lines.dev.place import PLACE
from tests.rehearsal.rehearsed import APP

STACK = PLACE.stack


@pytest.fixture(scope="module")
def changes(stage: Stage, deployed: Deployed) -> Changes:
    return Changes.planned(frozenset(Change), stage.cloud.client, deployed, spec_of(ACCESS, deployed), APP.path)


@pytest.fixture(scope="module")
def by_hand(changes: Changes) -> ByHand:
    assert changes.by_hand
    return changes.by_hand


@pytest.fixture(scope="module")
def changing(
    stage: Stage, deployed: Deployed, changes: Changes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Probes]:
    folder = tmp_path_factory.mktemp("changing")
    toolkit = RehearsedToolkit(APP, stage.cloud, folder, print)
    with probes(toolkit, stage.cloud.client, deployed, PLACE, folder, changes.variables) as asked:
        yield asked


@pytest.fixture
def watch(stage: Stage, deployed: Deployed) -> Watch:
    return Watch(stage.cloud.client, deployed, "app")


def _may_use(stage: Stage) -> bool:
    with stage.superuser() as superuser:
        row = superuser.execute("SELECT has_schema_privilege('drift_watch', 'foo', 'USAGE')").fetchone()
    return bool(row and row[0])


def _drift(stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand) -> dict[str, Line]:
    return {line.what: line for line in drift(changing, watch, by_hand, addresses(stage))}


def test_the_right_is_the_least_one_and_for_the_user_that_can_do_least(by_hand: ByHand) -> None:
    assert by_hand.function.name == "workload/Migrator"
    assert (by_hand.right.schema, by_hand.right.user) == ("foo", "drift_watch")


def test_the_drift_watch_sees_a_right_given_by_hand(
    stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand
) -> None:
    found = _drift(stage, changing, watch, by_hand)
    assert [line for line in found.values() if not line.holds] == []
    assert list(found) == [UNTOUCHED, GIVEN, TAKEN_BACK]
    assert json.loads(found[GIVEN].measured.message)["surprises"]
    assert not _may_use(stage)
    assert not changing.needed


@dataclass
class Blind:
    """A drift watch that sees nothing."""

    real: Watch

    def looks(self) -> Attempt:
        self.real.looks()
        return Attempt(Outcome.AS_SPECIFIED, "database 'app' is as its access spec says")


def test_a_watch_that_sees_nothing_is_named(stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand) -> None:
    found = _drift(stage, changing, Blind(watch), by_hand)  # type: ignore[arg-type]
    assert {what for what, line in found.items() if not line.holds} == {GIVEN}
    assert not _may_use(stage)


def test_nothing_is_given_where_something_differs_already(
    stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand
) -> None:
    stage.execute("GRANT USAGE ON SCHEMA foo TO drift_watch")
    try:
        found = _drift(stage, changing, watch, by_hand)
        assert _may_use(stage)
    finally:
        stage.execute("REVOKE USAGE ON SCHEMA foo FROM drift_watch")
    assert {what: line.holds for what, line in found.items()} == {UNTOUCHED: False}


def test_a_right_that_cannot_be_given_is_no_finding(
    stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "_refusal", lambda answer, *, held: "permission denied" if held else "")
    found = _drift(stage, changing, watch, by_hand)
    assert found[GIVEN].measured.reason == "it could not be given: permission denied"
    assert not found[GIVEN].holds


class Interrupted(Blind):
    """The operator presses Ctrl-C while the right is there."""

    looked = 0

    def looks(self) -> Attempt:
        self.looked += 1
        if self.looked == 2:
            raise KeyboardInterrupt
        return self.real.looks()


def test_a_right_is_taken_back_after_ctrl_c(stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand) -> None:
    with pytest.raises(KeyboardInterrupt):
        _drift(stage, changing, Interrupted(watch), by_hand)  # type: ignore[arg-type]
    assert not _may_use(stage)
    assert not changing.needed


def test_a_right_is_taken_back_when_nobody_knows_whether_it_was_given(
    stage: Stage, changing: Probes, watch: Watch, by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = giving._changed

    def lost(*arguments: object) -> object:
        answer = changed(*arguments)  # type: ignore[arg-type]
        if arguments[2] is by_hand_of_probe.Change.GIVE:
            assert _may_use(stage)
            raise ProbeError("the answer was lost")
        return answer

    monkeypatch.setattr(giving, "_changed", lost)
    monkeypatch.setattr(giving, "_UNDER_WAY_SECONDS", 0.0)
    with pytest.raises(ProbeError, match="the answer was lost"):
        _drift(stage, changing, watch, by_hand)
    assert not _may_use(stage)


def test_a_second_verify_is_not_begun_while_one_stands(stage: Stage, deployed: Deployed, changing: Probes) -> None:
    again = Deployed.read(stage.cloud.client, PLACE.prefix)
    assert ([one.name for one in again.functions], again.digests) == (
        [one.name for one in deployed.functions],
        deployed.digests,
    )
    with pytest.raises(NotAllowedError, match=f"stack {STACK} is there"):
        refuse_second(stage.cloud.client, PLACE)


def test_the_probes_stay_for_a_right_that_is_left_and_remove_takes_both(
    stage: Stage, deployed: Deployed, by_hand: ByHand, changes: Changes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "_PAUSE_SECONDS", 0.0)
    toolkit, clients = RehearsedToolkit(APP, stage.cloud, tmp_path, print), stage.cloud.client
    try:
        with (
            pytest.raises(NotTakenBackError, match="`keyless verify --remove`, which takes it back"),
            probes(toolkit, clients, deployed, PLACE, tmp_path, changes.variables) as asked,
            giving.given(asked, by_hand, addresses(stage)) as problem,
        ):
            assert problem == ""
            stage.execute("ALTER ROLE migrator NOLOGIN")
    finally:
        stage.execute("ALTER ROLE migrator LOGIN")
    assert _may_use(stage)
    assert STACK in stage.deployed.stacks()
    remove_left(clients, PLACE, print, addresses(stage))
    assert not _may_use(stage)
    assert STACK not in stage.deployed.stacks()


def test_what_will_be_changed_is_said_before_the_question(deployed: Deployed, changes: Changes) -> None:
    migrator, writer = deployed.functions
    said = " ".join(statement(PLACE, deployed, spec_of(ACCESS, deployed), replace(changes, rotated=(writer,))))
    assert "the probe of workload/Migrator gives drift_watch USAGE on schema foo" in said
    assert f"workload/Migrator itself is called with the events of {migrator.source}/rehearsal.yaml, 1 in all" in said
    assert f"workload/Writer itself is called with the events of {writer.source}/rehearsal.yaml, 2 in all" in said
    assert "Secrets Manager rotates the secret of lambda_writer" in said
    assert "No statement changes the database" not in said
    assert "No statement changes the database" in " ".join(
        statement(PLACE, deployed, spec_of(ACCESS, deployed), Changes())
    )


@pytest.mark.parametrize("change", [change for change in by_hand_of_probe.Change if change])
def test_a_plain_verifys_probes_change_nothing(
    stage: Stage, probing: Probes, by_hand: ByHand, change: by_hand_of_probe.Change
) -> None:
    login = by_hand.function.login
    question = reached(
        Question(**{**vars(right(login)), "change": change}),
        addresses(stage),
    )
    with pytest.raises(ProbeError, match="this probe changes nothing"):
        list(probing.ask(by_hand.function, [question]))
    assert not _may_use(stage)
