"""`also_reader=True` tells whoever is given access of the readers' endpoint beside the writer's, and the gates hold it
to what they hold PGHOST to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from db_access.errors import SpecError
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.proxy import ProxySettings
from keyless_aurora.settings.workload import Workload, workload_problems
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.testing.texts import reachability
from keyless_checks.reading.clients import clients
from keyless_checks.rules import paths
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.infrastructure.access import test_any_function, test_servers, test_services
from tests.infrastructure.access.test_services import granted
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Templates

READERS = replace(DEV, proxy=ProxySettings(reader_endpoint=True))
KINDS: dict[str, Callable[[cdk.Stack, Foundation], object]] = {
    "a function": test_any_function.function,
    "a service": test_services.theirs,
    "an instance": test_servers.instance,
    "a group of servers": test_servers.group,
}
HOSTS, CONNECT = ("PGHOST", "DB_READER_HOST"), "rds-db:connect"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_of_both_and_logs_in_at_the_same_proxy(kind: str, out: Path) -> None:
    templates = granted(out, KINDS[kind], READERS, also_reader=True).templates
    told = _told(templates)
    assert told == {"PGHOST": "database/Proxy/Proxy.Endpoint", "DB_READER_HOST": "database/Proxy/Reader.Endpoint"}
    reached = {line.split(" -> ")[1] for line in reachability(templates).splitlines() if line.startswith("theirs/")}
    assert reached <= {"database/Proxy/Proxy: tcp 5432", "database/Proxy/Reader: tcp 5432"}
    (statement,) = [one for one in _statements(templates) if one["Action"] == CONNECT]
    assert templates.text("theirs", statement["Resource"]).endswith("Proxy.DBProxyArn/api")


def _told(templates: Templates) -> dict[str, str]:
    """The hosts, by the client's variables or by the file that servers write when they start."""
    known = [one.variables for one in clients(templates) if one.path.startswith("theirs/")]
    if known:
        return {name: templates.text("theirs", known[0][name]) for name in HOSTS if name in known[0]}
    (starts,) = [
        templates.text("theirs", one.props["UserData"])
        for one in templates.all("AWS::EC2::Instance", "AWS::AutoScaling::LaunchConfiguration")
    ]
    lines = dict(line.split("=", 1) for line in starts.splitlines() if "=" in line)
    return {name: lines[name] for name in HOSTS if name in lines}


def _statements(templates: Templates) -> list[dict[str, Any]]:
    policies = [one for one in templates.all("AWS::IAM::Policy") if one.path.startswith("theirs/")]
    return [statement for one in policies for statement in one.props["PolicyDocument"]["Statement"]]


def test_without_it_nobody_is(out: Path) -> None:
    templates = granted(out, KINDS["a service"], READERS).templates
    assert _told(templates) == {"PGHOST": "database/Proxy/Proxy.Endpoint"}


def role(stack: cdk.Stack, on: Foundation) -> iam.Role:
    return iam.Role(stack, "Theirs", assumed_by=iam.AccountRootPrincipal())


REFUSED: dict[str, tuple[Any, Any, dict[str, object], str]] = {
    "no endpoint": (KINDS["a service"], DEV, {}, "also_reader=True needs RDS Proxy's endpoint for readers"),
    "past the proxy": (
        KINDS["a service"],
        READERS,
        {"pattern": Pattern.C},
        "also_reader=True needs RDS Proxy's endpoint for readers",
    ),
    "readers alone": (KINDS["a service"], READERS, {"reader": True}, "reader=True has it connect to readers alone"),
    "a role": (role, READERS, {}, "also_reader=True sets DB_READER_HOST, and nobody knows who takes a role"),
    "no truth value": (KINDS["a service"], READERS, {"also_reader": "yes"}, "also_reader: 'yes' is a text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused(name: str, out: Path) -> None:
    make, environment, asked, reason = REFUSED[name]
    with pytest.raises(SpecError, match=f"KeylessAurora-dev-theirs/Theirs: {reason}.*allowed: "):
        granted(out, make, environment, **{"also_reader": True, **asked})


@pytest.fixture
def writer(out: Path) -> Synthesis:
    environment = replace(READERS, workloads={**DEV.workloads, "Writer": Workload(10, also_reader=True)})
    return synthesize(environment, out)


def _variables(templates: Templates) -> dict[str, Any]:
    variables: dict[str, Any] = templates.props("workload/Writer/Function")["Environment"]["Variables"]
    return variables


def test_a_setting_asks_for_it_too_and_breaks_no_gate(writer: Synthesis) -> None:
    assert "DB_READER_HOST" in _variables(writer.templates)
    assert list(breaches(writer.templates)) == []


@pytest.mark.parametrize("host", ["the writer", "elsewhere"])
def test_the_gates_see_another_host_there(host: str, writer: Synthesis) -> None:
    variables = _variables(writer.templates)
    variables["DB_READER_HOST"] = variables["PGHOST"] if host == "the writer" else "evil.example"
    assert any("DB_READER_HOST" in str(breach) for breach in breaches(writer.templates))


def test_the_gates_see_a_host_that_it_can_not_reach(writer: Synthesis) -> None:
    """The database itself, which the functions of a proxy don't reach."""
    _variables(writer.templates)["DB_READER_HOST"] = {"Fn::ImportValue": "of the database"}
    cluster = next(one for one in writer.templates.all("AWS::RDS::DBCluster"))
    target = type(writer.templates).target

    def led(self: Templates, stack: str, value: Any) -> Any:
        return cluster if value == {"Fn::ImportValue": "of the database"} else target(self, stack, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(writer.templates), "target", led)
        found = [one.path for one in paths.clients_arrive(writer.templates)]
    assert found == ["workload/Writer/Function"]


def test_an_environment_without_the_endpoint_refuses_the_setting() -> None:
    asked = {"Writer": Workload(also_reader=True)}
    (problem,) = workload_problems(asked, DEV.network, reader_endpoint=False)
    assert problem.startswith("workloads.Writer.also_reader: there is no endpoint for readers; allowed: ")
    assert list(workload_problems(asked, DEV.network, reader_endpoint=True)) == []
