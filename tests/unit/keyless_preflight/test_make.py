"""`make deploy` looks first, stops at what would fail it, and goes on when it is told to."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
INSTALLED = ("-o", "setup")


def make(folder: Path, *arguments: str, found: int, credentials: int = 0) -> tuple[int, list[str]]:
    """The status of `make`, and the commands it runs; its tools are stand-ins, the preflight's ends with `found`, or
    with `credentials` when it looks only for these."""
    log = folder / "log"
    only = f'case "$*" in *--credentials-only*) exit {credentials};; esac\n'
    for name, status in (("cdk", 0), ("python", found)):
        tool = folder / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >> {log}\n{only}exit {status}\n')
        tool.chmod(0o700)
    command = ["make", *INSTALLED, f"CDK={folder / 'cdk'}", f"BIN={folder}", "ENV=dev", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    status = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode
    return status, [" ".join(line.split()[:3]) for line in log.read_text().splitlines()]


SYNTH, LOOK, DEPLOY = "cdk synth --quiet", "python -m keyless.preflight", "cdk deploy --all"


@pytest.mark.parametrize(
    ("arguments", "found", "succeeds", "ran"),
    [
        (("preflight",), 0, True, [LOOK, SYNTH, LOOK]),
        (("preflight",), 1, False, [LOOK, SYNTH, LOOK]),
        (("deploy",), 0, True, [LOOK, SYNTH, LOOK, DEPLOY]),
        (("deploy",), 1, False, [LOOK, SYNTH, LOOK]),
        (("deploy", "PREFLIGHT=off"), 1, True, [DEPLOY]),
        (("deploy", "PREFLIGHT=on"), 1, False, [LOOK, SYNTH, LOOK]),
    ],
)
def test_a_deploy_happens_only_after_a_preflight_or_without_one(
    tmp_path: Path, arguments: tuple[str, ...], found: int, succeeds: bool, ran: list[str]
) -> None:
    status, commands = make(tmp_path, *arguments, found=found)
    assert (status == 0, commands) == (succeeds, ran)


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The status of `make`, what it says, and what its tools, which are stand-ins, were given."""
    log = folder / "log"
    for name in ("cdk", "python"):
        (folder / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\n')
        (folder / name).chmod(0o700)
    command = ["make", "-o", "setup", f"CDK={folder / 'cdk'}", f"BIN={folder}", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True)
    return done.returncode, done.stderr, log.read_text() if log.exists() else ""


@pytest.mark.parametrize("target", ["synth", "preflight", "bootstrap", "diff", "deploy", "destroy"])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "dev;touch {}",
        "$(touch {})",
        "$$(touch {})",
        "$(shell touch {})",
        "`touch {}`",
        "dev\ntouch {}",
        "-h x",
        "Dev",
    ],
)
def test_what_is_no_name_of_an_environment_is_refused_and_run_nowhere(tmp_path: Path, target: str, name: str) -> None:
    made = tmp_path / "made"
    status, said, ran = run(tmp_path, target, f"ENV={name.format(made)}")
    assert (status == 0, "ENV is not the name of an environment; allowed: " in said, ran) == (False, True, "")
    assert not made.exists()


@pytest.mark.parametrize(
    ("target", "variable"),
    [("access-plan", "BASE"), ("access-plan", "PROPOSED"), ("access-plan", "WHOLE"), ("bench", "SIZE")],
)
@pytest.mark.parametrize("text", ["x;touch {}", "$(touch {})", "$(shell touch {})", '"; touch {} #', "`touch {}`"])
def test_what_is_given_reaches_the_tools_as_text(tmp_path: Path, target: str, variable: str, text: str) -> None:
    made = tmp_path / "made"
    status, _, ran = run(tmp_path, target, f"{variable}={text.format(made)}")
    assert (status, made.exists()) == (0, False)
    assert text.format(made) in (ran.replace("\n", " ") if variable == "SIZE" else ran)


def test_an_index_is_text_too(tmp_path: Path) -> None:
    made = tmp_path / "made"
    run(tmp_path, "synth", "ENV=dev", f"KEYLESS_INDEX_URL=$(shell touch {made})")
    assert not made.exists()


@pytest.mark.parametrize("target", ["preflight", "deploy"])
def test_nothing_is_synthesized_without_credentials(tmp_path: Path, target: str) -> None:
    assert make(tmp_path, target, found=0, credentials=1) == (2, [LOOK])
