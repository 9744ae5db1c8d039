"""A group for an hour on what is deployed: given by a person with `--env`, kept by a deploy, ended by the function as its
schedule calls it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.stage.running import Stage
from tests.app.app import ACCESS
from tests.database.engine import fingerprint
from tests.rehearsal.lines.dev.command import keyless
from tests.rehearsal.lines.dev.operator import Operator
from tests.rehearsal.lines.specs.test_large_spec import Large

_MEMBER = "SELECT pg_has_role('alice', 'reader', 'USAGE')"


def spec() -> AccessSpec:
    """The sample, and somebody who may have a group. She logs in nowhere: the proxy's policy is not what is tested."""
    raw = AccessSpec.load(ACCESS).as_properties()
    alice = {"username": "alice", "auth_method": "none", "may_have": [{"group": "reader", "at_most": "2h"}]}
    reader = {"name": "reader", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}
    return AccessSpec.parse({**raw, "groups": [reader], "users": [*raw["users"], alice]})


@dataclass(frozen=True)
class Deployed:
    large: Large
    operator: Operator
    config: Path

    def keyless(self, *command: str) -> Any:
        where = ("--config", str(self.config), "--env", "dev")
        answer = keyless(*command, *where, **self.operator.at(self.large.stage.database))
        assert answer.returncode == 0, answer.stderr
        return answer

    def asked(self, statement: str) -> Any:
        with self.large.stage.superuser() as connection:
            (row,) = connection.execute(statement).fetchall()
        return row[0]

    def called(self) -> Any:
        """What the function answers to what its schedule hands to it."""
        events = self.large.stage.cloud.client("events")
        (rule,) = [r for r in events.list_rules()["Rules"] if r.get("ScheduleExpression") == "rate(1 minute)"]
        assert rule["State"] == "ENABLED"
        (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        return self.large.stage.deployed.function("access", "Bootstrap").invoke(json.loads(target["Input"]))


@pytest.fixture(scope="module")
def deployed(stage: Stage, operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Deployed over the sample's spec, and the sample's again afterwards."""
    with stage.superuser() as connection:
        before = fingerprint(connection)
    folder = tmp_path_factory.mktemp("temporary")
    (folder / "config.json").write_text(json.dumps(spec().as_properties()))
    large = Large.synthesized(stage, folder, spec())
    assert large.deploy() == (large.stack,)
    yield Deployed(large, operator, folder / "config.json")
    with stage.deploying_again() as second:
        assert second.wait().changed == (large.stack,)
    with stage.superuser() as connection:
        connection.execute("DROP ROLE alice, reader")
        assert set(before) <= set(fingerprint(connection))  # the migrator may have made tables meanwhile


def test_it_is_given_kept_by_a_deploy_and_ended_by_the_schedule(deployed: Deployed) -> None:
    deployed.keyless("grant", "alice", "--as", "reader", "--for", "1h", "--reason", "ticket 7")
    assert deployed.asked(_MEMBER) and deployed.called()["ended"] == 0
    (held,) = json.loads(deployed.keyless("grants", "--json").stdout)["grants"]
    assert held["open"] and held["by"].startswith("arn:aws:sts::") and "/operator" in held["by"]
    assert deployed.large.deploy() == ()
    event = {"RequestType": "Update", "ResourceProperties": deployed.large.stage.deployed.access_properties("app")}
    assert deployed.large.stage.deployed.function("access", "Bootstrap").invoke(event)["Data"]["Changes"] == 0
    assert deployed.asked(_MEMBER)
    _is_over(deployed, held["until"])
    (ended,) = deployed.called()["grants"]
    assert (ended["user"], ended["group"], ended["reason"]) == ("alice", "reader", "ticket 7")
    assert not deployed.asked(_MEMBER) and deployed.called()["ended"] == 0


def _is_over(deployed: Deployed, until: str) -> None:
    comment = deployed.asked("SELECT shobj_description('alice'::regrole, 'pg_authid')")
    with deployed.large.stage.superuser() as connection:
        text = comment.replace(until, "2020-01-01T00:00:00+00:00")
        (statement,) = connection.execute("SELECT format('COMMENT ON ROLE alice IS %%L', %s::text)", [text]).fetchall()
        connection.execute(statement[0])


def test_another_spec_or_cluster_than_the_deployed_is_refused(deployed: Deployed) -> None:
    properties = deployed.large.stage.deployed.access_properties("app")
    function = deployed.large.stage.deployed.function("access", "Bootstrap")
    for forged in ({"Cluster": "cluster-OTHER"}, {"Spec": AccessSpec.load(ACCESS).as_properties()}):
        with pytest.raises(FunctionError, match="nothing was"):
            function.invoke({**properties, "EndExpired": "over", **forged})
