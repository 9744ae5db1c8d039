"""`make deploy` looks first, stops at what would fail it, and goes on when it is told to."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
INSTALLED = ("-o", ".venv/.installed", "-o", "node_modules/.installed")


def make(folder: Path, *arguments: str, found: int) -> tuple[int, list[str]]:
    """The status of `make`, and the commands it runs; its tools are stand-ins, the preflight's ends with `found`."""
    log = folder / "log"
    for name, status in (("cdk", 0), ("python", found)):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\nexit {status}\n')
        tool.chmod(0o700)
    command = ["make", *INSTALLED, f"CDK={folder / 'cdk'}", f"BIN={folder}", "ENV=dev", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    status = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode
    return status, [" ".join(line.split()[:3]) for line in log.read_text().splitlines()]


SYNTH, LOOK, DEPLOY = "cdk synth --quiet", "python -m keyless.preflight", "cdk deploy --all"


@pytest.mark.parametrize(
    ("arguments", "found", "succeeds", "ran"),
    [
        (("preflight",), 0, True, [SYNTH, LOOK]),
        (("preflight",), 1, False, [SYNTH, LOOK]),
        (("deploy",), 0, True, [SYNTH, LOOK, DEPLOY]),
        (("deploy",), 1, False, [SYNTH, LOOK]),
        (("deploy", "PREFLIGHT=off"), 1, True, [DEPLOY]),
        (("deploy", "PREFLIGHT=on"), 1, False, [SYNTH, LOOK]),
    ],
)
def test_a_deploy_happens_only_after_a_preflight_or_without_one(
    tmp_path: Path, arguments: tuple[str, ...], found: int, succeeds: bool, ran: list[str]
) -> None:
    status, commands = make(tmp_path, *arguments, found=found)
    assert (status == 0, commands) == (succeeds, ran)
