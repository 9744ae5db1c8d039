"""`keyless verify` on the rehearsal's cloud: the deployed functions' rights, tried by probes with their roles."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.stage.running import Stage
from keyless.verify.calling import call
from keyless.verify.changes.kinds import Change
from keyless.verify.changes.plan import Changes
from keyless.verify.command import spec_of
from keyless.verify.comparing import differences
from keyless.verify.deployed import Deployed, NotDeployedError
from keyless.verify.evidence import Verified
from keyless.verify.plan import NO_MORE, write_plan
from keyless.verify.points import Verdict as Answered
from keyless.verify.rehearsed import RehearsedToolkit, addresses
from keyless.verify.run import verify
from keyless.verify.showing import show
from keyless.verify.waited import Waits, waited
from tests.app.app import ACCESS
from tests.rehearsal.lines.dev.place import PLACE, REGION
from tests.rehearsal.rehearsed import APP

STACK = PLACE.stack
OWN = {
    "workload/Migrator: runs its migrations": Outcome.ALLOWED,
    "workload/Writer: writes two events": Outcome.ALLOWED,
    "workload/Writer: refuses an event without a name": Outcome.BY_FUNCTION,
}


@pytest.fixture(scope="module")
def verified(stage: Stage, deployed: Deployed, tmp_path_factory: pytest.TempPathFactory) -> Verified:
    folder = tmp_path_factory.mktemp("verify")
    toolkit = RehearsedToolkit(APP, stage.cloud, folder, print)
    spec = spec_of(ACCESS, deployed)
    changes = Changes.planned(frozenset(Change), stage.cloud.client, deployed, spec, APP.path)
    return verify(
        toolkit, stage.cloud.client, deployed, PLACE, spec, folder=folder, address=addresses(stage), changes=changes
    )


def test_every_line_is_as_expected_for_every_function(verified: Verified) -> None:
    assert [line for line in verified.lines if not line.holds] == []
    for name in ("workload/Migrator", "workload/Writer"):
        measured = {line.measured.outcome for line in verified.lines if line.group == f"function {name}"}
        assert measured >= {Outcome.ALLOWED, Outcome.BY_IAM, Outcome.NO_TLS, Outcome.WRONG_AUTHORITY}


def test_the_functions_themselves_are_called_with_the_apps_own_events(verified: Verified) -> None:
    own = [(line.what, line.measured.outcome) for line in verified.lines if line.what in OWN]
    assert own == list(OWN.items())


def test_the_drift_watch_is_asked_with_a_right_given_by_hand(verified: Verified) -> None:
    found = [line.measured.outcome for line in verified.lines if line.group == "drift watch"]
    assert found == [Outcome.AS_SPECIFIED, Outcome.DRIFT, Outcome.AS_SPECIFIED]


def test_nothing_is_left_of_the_probes(stage: Stage, verified: Verified) -> None:
    assert STACK not in stage.deployed.stacks()


def test_the_evidence_names_what_was_verified(verified: Verified, deployed: Deployed, tmp_path: Path) -> None:
    assert show(verified, tmp_path / "evidence.json", rehearsed=True) == 0
    document = json.loads((tmp_path / "evidence.json").read_text())
    assert (document["where"], document["environment"], document["region"]) == ("rehearsal", "dev", REGION)
    assert document["spec"] == deployed.spec_digest
    assert set(document["templates"]) == {f"KeylessAurora-dev-{part}" for part in (
        "network", "database", "access", "workload", "monitoring"
    )}  # fmt: skip
    assert all(line["holds"] for line in document["lines"])
    hops = {"cold start", "login"}
    assert {name: hops <= took.keys() for name, took in document["milliseconds"].items()} == {
        "workload/Migrator": True,
        "workload/Writer": True,
    }
    assert document["users_not_measured"] == ["drift_watch"]
    rotation = "how soon the way to the database takes the new password of a rotated secret"
    assert document["not_measured"] == [f"{rotation}: no function logs in with a secret that is rotated"]
    assert {waits["function"]: waits["problem"] for waits in document["waited_logins"]} == {
        "workload/Migrator": "",
        "workload/Writer": "",
    }
    assert {row["user"].partition(" ")[0] for row in document["who_can_do_what"]} == {"lambda_writer", "migrator"}
    assert list(differences(document, document)) == []


def test_what_only_aws_can_show_is_answered_or_said_to_be_open(verified: Verified) -> None:
    found = [answer for _, answer in verified.points]
    assert {answer.verdict for answer in found} >= {Answered.YES, Answered.UNKNOWN}
    assert [answer for answer in found if not answer.evidence] == []


def test_what_a_function_has_in_its_environment_stays_there(deployed: Deployed, tmp_path: Path) -> None:
    (function, *_) = deployed.functions
    variables = {**function.variables, "API_KEY": "hush", "PGPASSWORD": "hush", "PGOPTIONS": "-c role=x"}
    more = replace(function, configuration={**function.configuration, "Environment": {"Variables": variables}})
    written = write_plan(PLACE, [more], tmp_path, NO_MORE, "run").read_text()
    assert "hush" not in written and "role=x" not in written
    assert function.login.host in written


def test_a_login_that_had_to_wait_is_found_in_the_functions_own_log(
    stage: Stage, deployed: Deployed, verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> dict[str, Waits]:
        return {waits.function: waits for waits in waited(stage.cloud.client, deployed)}

    (writer,) = [function for function in deployed.functions if function.name == "workload/Writer"]
    before, judge, not_yet = found(), stage.judge, iter([Verdict(False, "nobody", "not yet")] * 2)
    monkeypatch.setattr(stage, "judge", lambda **login: next(not_yet, None) or judge(**login))
    stage.end_sessions()
    call(stage.cloud.client, writer.function_name, {"events": [{"name": "a", "payload": {}}]})
    after = found()
    assert len(after["workload/Writer"].milliseconds) == len(before["workload/Writer"].milliseconds) + 1
    assert after["workload/Writer"].milliseconds[-1] > 0
    assert after["workload/Migrator"] == before["workload/Migrator"]
    assert "logins waited since" in str(after["workload/Writer"])


def test_a_log_that_cannot_be_read_is_said(stage: Stage, deployed: Deployed) -> None:
    functions = [
        replace(function, configuration={**function.configuration, "LoggingConfig": {"LogGroup": "/nowhere"}})
        for function in deployed.functions
    ]
    found = waited(stage.cloud.client, replace(deployed, functions=tuple(functions)))
    assert all("not measured: its log can't be read" in str(waits) for waits in found)


def test_another_spec_than_the_deployed_one_is_refused(deployed: Deployed, tmp_path: Path) -> None:
    other = tmp_path / "access.yaml"
    other.write_text(ACCESS.read_text().replace("writes events", "reads them"))
    with pytest.raises(NotDeployedError, match="is not the access spec that is deployed as KeylessAurora-dev"):
        spec_of(other, deployed)


def test_an_environment_that_is_not_there_is_refused(stage: Stage) -> None:
    with pytest.raises(NotDeployedError, match="no stack of KeylessAurora-qa is deployed"):
        Deployed.read(stage.cloud.client, "KeylessAurora-qa")


def test_an_environment_whose_name_begins_alike_is_another_one(stage: Stage, deployed: Deployed) -> None:
    cloudformation, name = stage.cloud.client("cloudformation"), "KeylessAurora-dev-two-workload"
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    try:
        found = Deployed.read(stage.cloud.client, PLACE.prefix)
        assert found.digests == deployed.digests
        assert name not in stage.deployed.stacks()
    finally:
        cloudformation.delete_stack(StackName=name)


def test_the_table_is_shown(verified: Verified, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(verified, None, rehearsed=True) == 0
    shown = capsys.readouterr().out
    assert "Who can do what" in shown and "user lambda_writer" in shown
    assert "Not measured: what drift_watch can do: no function logs in as it." in shown
    assert "lines as expected" in shown and "not measured: whether changing the master" in shown
