"""Ctrl-C pressed again and again ends a rehearsal as one does: what cleans up is let finish."""

import subprocess
import sys

import pytest

_SCRIPT = """
import os, signal, sys, time
from contextlib import ExitStack
from keyless.rehearsal import __main__ as command
from keyless.rehearsal.stage.running import Stage

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)

def clean():
    for _ in range(3):
        interrupt()
    print("cleaned", flush=True)

class Interrupted(Stage):
    def _prepare(self, stack):
        stack.callback(clean)

    def _deploy(self, stack):
        if sys.argv[1] == "deploying":
            interrupt()

def rehearse(app, environment, progress, *arguments, **options):
    with Interrupted(app, environment, progress):
        interrupt()

command.rehearse = rehearse
sys.exit(command.main([]))
"""
_STILL = "still cleaning up, which a signal doesn't end; it takes seconds"


@pytest.mark.parametrize("while_it_is", ["deploying", "measuring"])
def test_an_impatient_ctrl_c_does_not_end_what_cleans_up(while_it_is: str) -> None:
    script = [sys.executable, "-c", _SCRIPT, while_it_is]
    ended = subprocess.run(script, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (130, "cleaned\n"), ended.stderr
    first, *others = ended.stderr.splitlines()
    assert first.endswith("cleaning up")
    assert others == [_STILL] * 3 + ["interrupted; nothing is left running"]
