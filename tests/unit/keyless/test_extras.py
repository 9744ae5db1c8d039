"""A command that needs a package of the extra `rehearsal` says so where it isn't installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMANDS = {
    "keyless rehearse": ("keyless", "rehearse"),
    "keyless verify": ("keyless", "verify", "--help"),
    "keyless.verify": ("keyless.verify", "--environment", "dev"),
}
WITHOUT = """
import runpy, sys
sys.modules["cryptography"] = None  # as if it weren't installed
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_without_the_extra_a_command_ends_with_one_sentence(name: str) -> None:
    paths = os.pathsep.join(str(ROOT / part) for part in ("", "bootstrap_lambda", "client"))
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT, *COMMANDS[name]],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr == (
        f"{name} needs the package cryptography, which is not installed; allowed: pip install with the extra `rehearsal`, as "
        "'keyless-aurora[rehearsal]' or 'FILE.whl[rehearsal]'\n"
    )
