"""What an app makes is there to review, its nested stacks too."""

import pytest

from keyless_aurora.testing import Synthesized, synthesized
from tests.infrastructure.stacks.own_stack_app import with_reports
from tests.infrastructure.support import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """prod, with a stack more that has a nested one."""
    return synthesized(with_reports, tmp_path_factory.mktemp("synth"), cdk_json=ROOT / "tests" / "app" / "cdk.json")


def test_every_stack_and_every_list_is_a_file(made: Synthesized) -> None:
    stacks = ("network", "database", "access", "workload", "reports", "monitoring", "pipeline")
    lists = ("rights.txt", "reachability.txt", "connections.txt")
    (nested,) = [name for name in made.files() if name.startswith("nested/")]
    assert set(made.files()) == {
        "access.txt",
        nested,
        *(f"prod/{name}" for name in (*lists, *(f"{s}.json" for s in stacks))),
    }
    assert "AWS::CloudWatch::Dashboard" in made.files()[nested]


def test_the_sum_of_the_connections_is_there(made: Synthesized) -> None:
    lines = [line.split()[:2] for line in made.files()["prod/connections.txt"].splitlines()]
    assert lines[0][0] == "max_connections"
    assert [first for first, _ in lines[-2:]] == ["total", "left"]


def test_the_gates_hold(made: Synthesized) -> None:
    made.assert_gates_hold()
