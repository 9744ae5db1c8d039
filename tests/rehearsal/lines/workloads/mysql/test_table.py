"""On MySQL and MariaDB: lines for functions, a service of containers and servers in one table; each control, broken on
purpose, turns the right ones red."""

from pathlib import Path

import pytest

from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.logins.lines import logins
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.lines.platform.tokens import bad_logins
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.lines.unmeasured import unmeasured
from keyless.rehearsal.lines.workloads.lines import of_workloads
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.stage.running import Stage
from keyless.rehearsal.workloads.running import running
from tests.rehearsal.lines.workloads.breaks import API, SITE
from tests.rehearsal.lines.workloads.mysql.breaks import BREAKS


def wrong(stage: Stage) -> set[str]:
    """Of the lines that are about logins."""
    stage.end_sessions()
    lines = [*of_workloads(stage), *logins(stage), *bad_logins(stage)]
    return {line.what for line in lines if not line.holds}


def test_every_line_holds_of_functions_a_service_and_servers(stage: Stage) -> None:
    table = who_can_do_what(stage)
    assert [f"{line.what}: {line.measured}" for line in table.lines if not line.holds] == []
    assert {"function Watch", "service Api", "servers Site"} <= {line.group for line in table.lines}
    assert {line.what for line in table.lines} >= API | SITE
    assert not [note for note in table.notes if "Api" in note or "Site" in note]
    assert not [sentence for sentence in unmeasured(stage) if "services" in sentence or "logins as" in sentence]


def test_health_says_how_each_is_connected(stage: Stage) -> None:
    """And nothing that is a secret."""
    said = {}
    for workload in stage.deployed.workloads:
        with stage.running(workload) as running:
            said[workload.name] = running.process.invoke({"path": "/health"})
    way = {"database": "foo", "host": stage.proxy.host, "encrypted": True, "tls": "TLSv1.3"}
    assert said == {
        "Api": {"user": "api", "credentials": "container-role", **way},
        "Site": {"user": "site", "credentials": "iam-role", **way},
    }


def test_who_answers_with_a_certificate_of_somebody_else_gets_no_token(stage: Stage, tmp_path: Path) -> None:
    (workload, *_) = stage.deployed.workloads
    code, address = stage.app.path / workload.source, stage.endpoint(workload.host).address
    another, before = Authority(tmp_path, "another").root, len(stage.events.all())
    with (
        running(stage.cloud, workload, code, address=address, roots=another) as started,
        pytest.raises(FunctionError, match="certificate verify failed") as refused,
    ):
        started.process.invoke({"path": "/health"})
    assert refused.value.kind == "OperationalError"
    assert len(stage.events.all()) == before


def test_the_certificate_of_another_endpoint_is_refused(stage: Stage) -> None:
    """The name that is verified is the proxy's, whose traffic ends at the database here."""
    (workload, *_) = stage.deployed.workloads
    code = stage.app.path / workload.source
    with (
        running(stage.cloud, workload, code, address=stage.database.address, roots=stage.roots) as started,
        pytest.raises(FunctionError, match="certificate is not valid for"),
    ):
        started.process.invoke({"path": "/health"})


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    with control(stage):
        found = wrong(stage)
    assert found == red(stage.kind)


def test_all_is_well_again_and_a_second_deploy_changes_nothing(stage: Stage) -> None:
    assert wrong(stage) == set()
    assert [line.what for line in again(stage) if not line.holds] == []


def test_taking_it_down_leaves_no_stack_and_no_process(stage: Stage) -> None:
    assert [line.what for line in going_down(stage) if not line.holds] == []
    assert stage.deployed.workloads == ()
