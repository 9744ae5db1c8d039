"""A bastion lets people's ports through to the database and has no right of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.network import ExistingNetwork
from keyless_aurora.testing.texts import reachability, rights
from keyless_checks.reading.bastions import TAG
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import Synthesis
from tests.infrastructure.variants import VARIANTS
from tests.infrastructure.workloads import WITH_PEOPLE, WITH_SESSIONS, people

BASTION = "people/Bastion"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return people(tmp_path_factory.mktemp("bastion"))


def test_it_breaks_no_gate(made: Synthesis) -> None:
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])


def test_it_reaches_the_proxy_and_session_manager_and_nobody_reaches_it(made: Synthesis) -> None:
    assert [line for line in reachability(made.templates).splitlines() if BASTION in line] == [
        f"{BASTION}/Servers/ASG -> database/Proxy/Proxy: tcp 5432",
        f"{BASTION}/Servers/ASG -> network/Network/Sessions/ssm: tcp 443",
        f"{BASTION}/Servers/ASG -> network/Network/Sessions/ssmmessages: tcp 443",
    ]


def test_its_role_offers_sessions_and_nothing_else(made: Synthesis) -> None:
    assert [line for line in rights(made.templates).splitlines() if line.startswith(BASTION)] == [
        f"{BASTION}/Role | {action} | *"
        for action in (
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        )
    ]


def test_its_instance_is_named_by_its_tag_and_told_nothing(made: Synthesis) -> None:
    tags = {tag["Key"]: tag for tag in made.templates.props(f"{BASTION}/Servers/ASG")["Tags"]}
    assert tags[TAG] == {"Key": TAG, "Value": "KeylessAurora-dev-people", "PropagateAtLaunch": True}
    data = made.templates.props(f"{BASTION}/Template")["LaunchTemplateData"]
    assert made.templates.text("people", data["UserData"]) == "#!/bin/bash\nset -eu\n"
    assert data["InstanceType"] == "t4g.nano" and "KeyName" not in data


def test_a_bastion_that_is_gone_raises_an_alarm(made: Synthesis) -> None:
    alarms = [alarm["Properties"] for alarm in made.templates.of_type("AWS::CloudWatch::Alarm")]
    (alarm,) = [one for one in alarms if one["AlarmName"].endswith("-BastionInstances")]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("GroupInServiceInstances", 1)


@pytest.mark.parametrize(("connections", "counted"), [("its connection limit", 3)])
def test_past_the_proxy_a_persons_connections_count_by_the_users_limit(
    out: Path, connections: str, counted: int
) -> None:
    budget = people(out, WITH_SESSIONS.with_pattern(Pattern.C)).deployment.budget
    assert budget.direct("ana") == counted
    assert f"direct as ana, {connections}" in budget.text


def test_past_the_proxy_a_person_without_a_limit_is_refused(out: Path) -> None:
    with pytest.raises(SettingsError, match=r"workloads.Bastion.connections: none.*give user 'ana' a connection_limit"):
        people(out, WITH_SESSIONS.with_pattern(Pattern.C), _with_ana(connection_limit=None))


def test_in_a_network_that_exists_it_reaches_what_is_named_there(out: Path) -> None:
    there, _ = VARIANTS["existing-cluster"]
    assert isinstance(there.network, ExistingNetwork)
    made = people(out, replace(there, network=replace(there.network, sessions_endpoint_group="sg-0fedcba9876543210")))
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])
    assert [line for line in reachability(made.templates).splitlines() if BASTION in line] == [
        f"{BASTION}/Servers/ASG -> database/Proxy/Proxy: tcp 5432",
        f"{BASTION}/Servers/ASG -> sg-0fedcba9876543210: tcp 443",
    ]


def test_without_session_managers_endpoints_it_is_refused(out: Path) -> None:
    with_nat = replace(DEV, network=replace(DEV.network, nat=True))
    with pytest.raises(SettingsError, match=r"sessions: a bastion needs Session Manager.s endpoints.*allowed: "):
        people(out, with_nat)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"auth_method": "password"}, "has auth_method: password, and people log in with tokens"),
        ({"username": "ben"}, "ana"),
    ],
)
def test_who_can_not_come_through_it_is_refused(out: Path, changes: dict[str, object], reason: str) -> None:
    with pytest.raises(SpecError, match=f"people/Bastion: .*{reason}.*allowed: "):
        people(out, WITH_SESSIONS, _with_ana(**changes))


def _with_ana(**changes: object) -> AccessSpec:
    raw = WITH_PEOPLE.as_properties()
    users = [{**user, **changes} if user["username"] == "ana" else user for user in raw["users"]]
    return AccessSpec.parse({**raw, "users": [{k: v for k, v in user.items() if v is not None} for user in users]})
