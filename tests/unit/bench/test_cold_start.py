"""What a function's first call costs is measured from the outside, and nothing that could be done earlier is left to it."""

import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.cold_start.contenders import FLOOR, OURS, Contender, LayerSize, run
from bench.cold_start.figures import Figures
from bench.cold_start.places import HOST, Place, a_place
from bench.cold_start.quota import SHARE, quota
from bench.cold_start.report import markdown

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with a_place(tmp_path_factory.mktemp("place")) as place:
        yield place


def _measured(place: Place, *, call: bool, limit: Path | None = None) -> dict[str, float]:
    job = {
        "app": f"bench.cold_start.apps.{OURS.app}",
        "paths": [str(ROOT / "client"), sysconfig.get_path("purelib"), str(ROOT)],
        "host": HOST,
        "address": place.address,
        "call": call,
        "quota": str(limit) if limit else None,
    }
    return dict(json.loads(run(json.dumps(job), place.environment)))


def test_the_clients_first_call_imports_nothing(place: Place) -> None:
    assert _measured(place, call=True)["call's modules"] == 0


def test_a_later_token_costs_less_than_the_first(place: Place) -> None:
    tokens = _measured(place, call=False)
    assert 0 < tokens["later token"] < tokens["first token"]


def test_a_call_is_made_within_the_quota(place: Place, tmp_path: Path) -> None:
    """Of which the file that takes processes is told this one, before the call."""
    taken = tmp_path / "cgroup.procs"
    assert _measured(place, call=True, limit=taken)["call"] > 0
    assert taken.read_text().isdecimal()


_BUSY = """
import os, sys, time
open(sys.argv[1], "w").write(str(os.getpid()))
while time.process_time() < 0.2:
    pass
"""


def test_the_quota_holds_a_busy_process_back() -> None:
    with quota() as limit:
        if limit:
            subprocess.run([sys.executable, "-c", _BUSY, str(limit)], check=True)
            assert "nr_throttled 0\n" not in (limit.parent / "cpu.stat").read_text()


def _figures(ours: dict[str, float], *, limited: bool) -> Figures:
    figures = Figures(quota=limited, layer=LayerSize(14, 13, 5))
    of: tuple[tuple[Contender, dict[str, float]], ...] = ((FLOOR, {"import": 0.1}), (OURS, ours))
    for contender, measured in of:
        figures.add(contender, measured)
    return figures


GOOD = {"import": 0.1, "first token": 0.009, "later token": 99e-6, "call": 0.059, "call's cpu": 0.008}


@pytest.mark.parametrize("worse", [{"first token": 0.011}, {"later token": 101e-6}, {"call": 0.061}], ids=list)
def test_each_goal_that_is_missed_is_named(worse: dict[str, float]) -> None:
    assert _figures(GOOD, limited=True).missed() == []
    assert len(_figures(GOOD | worse, limited=True).missed()) == 1


def test_without_a_control_group_the_processor_time_is_what_counts() -> None:
    assert _figures(GOOD, limited=False).call(OURS) == pytest.approx(0.008 / SHARE)


def test_the_report_says_which_size_is_meant() -> None:
    text = markdown(_figures(GOOD, limited=True))
    assert "has 14.0 MB, 13.0 of them shared libraries; packed, as Lambda stores and loads it, 5.0 MB" in text
