"""Processes side by side: whatever one job does to its process, the others are done, and no process is left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from keyless.fleet.workers import Ended, Said, Workers
from tests.database.cli.runner import ROOT
from tests.rehearsal.waiting import runs, wait_until
from tests.unit.keyless.fleet.jobs import prepare, work


def done(
    jobs: Sequence[str], *, most: int = 2, seconds: float = 60.0
) -> tuple[dict[str, list[object]], dict[str, Ended[str]]]:
    """What each of the jobs has said, and how it ended."""
    said: dict[str, list[object]] = {job: [] for job in jobs}
    ended: dict[str, Ended[str]] = {}
    waiting = list(jobs)
    with Workers[str](most, seconds, prepare, work) as workers:
        while len(ended) < len(jobs):
            while waiting and workers.free:
                workers.begin(waiting.pop(0))
            for heard in workers.heard(1.0):
                if isinstance(heard, Said):
                    said[heard.job].append(heard.value)
                else:
                    assert heard.job not in ended
                    ended[heard.job] = heard
    return said, ended


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("raise", "unexpected ValueError: a name\nwith a line"),
        ("die", "its process ended by itself (signal 9)"),
        ("leave", "its process ended by itself (status 7)"),
        ("hoard", "it takes more memory than the 1,024 MB that one cluster may"),
    ],
)
def test_a_job_that_goes_wrong_is_said_and_the_others_are_done(bad: str, why: str) -> None:
    said, ended = done(["a", bad, "b", "c"], most=1)
    assert (ended[bad].why, ended[bad].late) == (why, False)
    assert [said[job] for job in "abc"] == [["A"], ["B"], ["C"]]
    assert [ended[job].why for job in "abc"] == [None] * 3


def test_an_answer_that_cant_be_sent_is_that_jobs_problem() -> None:
    said, ended = done(["unpicklable", "a"], most=1)
    assert "unexpected" in (ended["unpicklable"].why or "") and said["a"] == ["A"]


def test_a_job_that_hangs_is_ended_and_what_it_had_said_is_kept() -> None:
    said, ended = done(["hang", "a", "b"], most=1, seconds=10.0)
    assert (ended["hang"].late, ended["hang"].why) == (True, "no answer within 10 s")
    assert [said[job] for job in ("hang", "a", "b")] == [["begun"], ["A"], ["B"]]


def test_a_process_is_used_again_and_all_are_ended_at_the_end() -> None:
    pids: set[object] = set()
    with Workers[str](1, 60.0, prepare, work) as workers:
        for _ in range(3):
            workers.begin("pid")
            pids |= _said(workers)
        workers.begin("hang")
    assert len(pids) == 1
    assert not any(Path(f"/proc/{pid}").exists() and _runs(pid) for pid in pids)


@pytest.fixture(autouse=True)
def hangup() -> Iterator[None]:
    """As it is at a terminal: `nohup` has SIGHUP ignored, also by what is started."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP], ids=lambda end: str(end.name))
def test_no_process_outlives_the_command_however_it_ends(end: signal.Signals) -> None:
    """SIGKILL runs nothing of the command's own, and a job may hang for ever."""
    with subprocess.Popen([sys.executable, "-c", _HANGS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        worker = int(command.stdout.readline())
        assert runs(worker)
        command.send_signal(end)
    wait_until(lambda: not runs(worker), 60)


_HANGS = """
from keyless.fleet.workers import Workers
from tests.unit.keyless.fleet.jobs import prepare, work

with Workers(1, 3600.0, prepare, work) as workers:
    workers.begin("pid and hang")
    while True:
        for heard in workers.heard(1.0):
            print(heard.value, flush=True)
"""


def _said(workers: Workers[str]) -> set[object]:
    values: set[object] = set()
    while True:
        for heard in workers.heard(1.0):
            if isinstance(heard, Ended):
                return values
            values.add(heard.value)


def _runs(pid: object) -> bool:
    """Not only waiting to be reaped."""
    assert isinstance(pid, int) and pid != os.getpid()
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
