"""What holds of your app, whatever you change in it. `make yours` runs it; reviewed/ is what you have accepted."""

from pathlib import Path

import pytest

from app import app
from keyless_aurora.testing import Reviewed, Synthesized, synthesized

HERE = Path(__file__).parent
REVIEWED = Reviewed(HERE / "reviewed", accept="UPDATE_SNAPSHOTS=1 make yours")


@pytest.fixture(scope="module")
def yours(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """Every environment. An error here is what `make synth` ends with, too."""
    return synthesized(app, tmp_path_factory.mktemp("synth"), cdk_json=HERE.parents[1] / "cdk.json")


def test_every_gate_holds(yours: Synthesized) -> None:
    yours.assert_gates_hold()


def test_everything_is_as_reviewed(yours: Synthesized) -> None:
    """The templates, who may do what, the rights of every role, who reaches whom, how many connections."""
    REVIEWED.assert_same(yours.files())
