"""Without Node an app ends with a sentence, before the CDK is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("variable", [{}, {"JSII_NODE": "/nowhere/node"}], ids=["PATH", "JSII_NODE"])
def test_without_node_the_app_says_what_is_needed(tmp_path: Path, variable: dict[str, str]) -> None:
    sources = os.pathsep.join(str(ROOT / source) for source in (".", "constructs", "bootstrap_lambda", "client"))
    ended = subprocess.run(
        [sys.executable, "-m", "tests.app.app"],
        cwd=ROOT,
        env={"PATH": str(tmp_path) if not variable else os.environ["PATH"], "PYTHONPATH": sources, **variable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "Node 20 or newer is needed: install it, or put it on the PATH\n"
