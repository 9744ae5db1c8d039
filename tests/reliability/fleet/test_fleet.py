"""A fleet on real servers, some of it broken on purpose: every cluster is reported, rightly, and never more at once than
was said."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.waiting import runs, wait_until
from tests.reliability.fleet.command import Running, workers_of
from tests.reliability.fleet.planted import PLANTED, SILENT, drift, planted
from tests.reliability.fleet.world import PASSWORD, Fleet, Home, homes

CLUSTERS = int(os.environ.get("FLEET_CLUSTERS", "200"))
"""1,000 in `make soak`: each costs about 60 ms of a core."""
JOBS = 6


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Home]]:
    with homes(tmp_path_factory.mktemp("homes"), servers=2, databases=4) as made:
        drift(made[0])
        yield made


@pytest.fixture
def fleet(places: list[Home], tmp_path: Path) -> Fleet:
    return Fleet(tmp_path, places)


def fine(fleet: Fleet, count: int) -> list[str]:
    names = [f"fine-{number}" for number in range(count)]
    for number, name in enumerate(names):
        fleet.add(name, fleet.homes[2 + number % (len(fleet.homes) - 2)])  # the first two are broken
    return names


def test_every_cluster_of_many_is_reported_rightly(fleet: Fleet) -> None:
    names = fine(fleet, CLUSTERS - len(PLANTED))
    with planted(fleet, *fleet.homes[:2]), fleet.up() as relay:
        ended = Running(fleet, "prove", "--json", "--jobs", str(JOBS), "--deadline", str(SILENT)).ended()
    found = ended.clusters
    assert found.keys() == {*names, *PLANTED}
    assert {name for name, one in found.items() if one["state"] == "fine"} == set(names)
    for name, (state, says) in PLANTED.items():
        assert (found[name]["state"], says in said(found[name])) == (state, True), found[name]
        assert f"] {name}: {state}" in ended.err
    assert ended.status == 1
    assert 1 < relay.most <= JOBS
    assert PASSWORD not in ended.out + ended.err
    assert ended.most_kilobytes < 150_000


def said(cluster: dict[str, Any]) -> str:
    return "\n".join(reason for database in cluster["databases"] for reason in database["reasons"])


def test_a_report_says_who_is_an_administrator_where(fleet: Fleet) -> None:
    fine(fleet, 1)
    fleet.add("drifted", fleet.homes[0])
    fleet.add("gone", fleet.homes[3], spec="gone.yaml")
    with fleet.up():
        ended = Running(fleet, "report", "--json").ended()
    found = ended.clusters
    assert (ended.status, [*found]) == (1, ["gone", "drifted", "fine-0"])
    assert found["drifted"]["admins"] == found["fine-0"]["admins"] == ["master", "rdsadmin"]
    assert "admins" not in found["gone"]


@pytest.mark.parametrize(
    ("command", "drifted", "status"),
    [(["prove"], True, 2), (["plan"], True, 0), (["plan", "--detailed-exitcode"], True, 2), (["prove"], False, 0)],
    ids=["prove drift", "plan", "plan detailed", "prove fine"],
)
def test_the_status_is_that_of_one_database(fleet: Fleet, command: list[str], drifted: bool, status: int) -> None:
    fine(fleet, 1)
    if drifted:
        fleet.add("drifted", fleet.homes[0])
    with fleet.up():
        ended = Running(fleet, *command, "--json").ended()
    assert ended.status == status, ended.err
    assert [one["state"] for one in ended.clusters.values()] == (["drift"] if drifted else []) + ["fine"]
    assert ("take away CREATE on schema s from" in ended.out) is drifted


def test_ctrl_c_ends_all_and_says_what_is_done(fleet: Fleet) -> None:
    names = fine(fleet, 2)
    silent = [f"silent-{number}" for number in range(4)]
    for name in silent:
        fleet.add(name, fleet.homes[2], target=None)
    with fleet.up() as relay:
        running = Running(fleet, "prove", "--json", "--jobs", "3", "--deadline", "600")
        wait_until(lambda: relay.connections == 5, 120)  # two fine ones, and three that nobody answers
        workers = workers_of(running.process.pid)
        assert len(workers) >= 3
        running.interrupt()
        ended = running.ended()
        wait_until(lambda: relay.now == 0 and not any(map(runs, workers)), 60)
    assert ended.status == 130
    assert "keyless: interrupted; 2 of 6 clusters were looked at" in ended.err and "Traceback" not in ended.err
    states = {name: one["state"] for name, one in ended.clusters.items()}
    assert states == dict.fromkeys(names, "fine") | dict.fromkeys(silent, "not looked at")


def test_a_process_that_is_killed_is_its_clusters_problem_alone(fleet: Fleet) -> None:
    fleet.add("silent", fleet.homes[2], target=None)
    names = fine(fleet, 3)
    with fleet.up() as relay:
        running = Running(fleet, "prove", "--json", "--jobs", "1", "--deadline", "600")
        wait_until(lambda: relay.now == 1, 120)
        for pid in workers_of(running.process.pid):
            if holds_a_connection(pid, relay.ports["silent"]):
                os.kill(pid, signal.SIGKILL)
        ended = running.ended()
    assert (ended.status, ended.clusters["silent"]["state"]) == (1, "failed")
    assert "its process ended by itself (signal 9), at: database app_" in said(ended.clusters["silent"])
    assert {ended.clusters[name]["state"] for name in names} == {"fine"}


def test_no_variable_of_libpq_says_where_a_cluster_is(fleet: Fleet) -> None:
    fine(fleet, 1)
    elsewhere = {
        "PGHOSTADDR": "127.0.0.9",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGSSLMODE": "disable",
        "PGOPTIONS": "-c x=y",
    }
    with fleet.up():
        ended = Running(fleet, "prove", "--json", PGPASSWORD="wrong", PGSERVICE="none", **elsewhere).ended()
    assert ended.status == 0, ended.err


def holds_a_connection(pid: int, port: int) -> bool:
    """Whether the process has a socket to that port of loopback."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{line[9]}]" for line in lines if line[2] == f"0100007F:{port:04X}" and line[3] == "01"}
    try:
        return bool(inodes & {str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()})
    except OSError:
        return False
