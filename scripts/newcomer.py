"""`make newcomer`: what a user does first with the wheel in dist: a virtual environment, `keyless init` in an empty
folder, `make test` and `make rehearse` there. Nothing of the checkout is on the path, nor is a cache of its synths.

The exit status is that of the first step that fails; 1, too, when the rehearsal prints something else than the tutorial
shows.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_OURS = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "VIRTUAL_ENV", "ENV", "SETUP", "ARGS")
"""Variables of the make that runs this."""
_TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
_SHOWN = "<!-- not run: what `make rehearse` prints -->"


def main() -> int:
    (wheel,) = Path("dist").resolve().glob("*.whl")
    with tempfile.TemporaryDirectory(prefix="keyless-newcomer-") as folder:
        return _all_done(Path(folder), wheel)


def _all_done(home: Path, wheel: Path) -> int:
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    (home / "shop").mkdir()
    said: list[str] = []
    for step, where in _steps(home, wheel):
        start = time.monotonic()
        status, said = _done(step, where, {**kept, "XDG_CACHE_HOME": str(home / "cache")})
        print(f"[{time.monotonic() - start:5.0f} s] {' '.join(step)}: exit status {status}", flush=True)
        if status:
            return status
    missing = not_said(_TUTORIAL.read_text(encoding="utf-8"), said)
    print("".join(f"docs/tutorial.md shows what wasn't printed: {line}\n" for line in missing), end="")
    return 1 if missing else 0


def _done(step: Sequence[str], where: Path, environment: Mapping[str, str]) -> tuple[int, list[str]]:
    """The exit status, and the lines that it printed, which are passed on as they come."""
    said = []
    with subprocess.Popen(step, cwd=where, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            said.append(line.rstrip())
    return process.returncode, said


def not_said(tutorial: str, said: Sequence[str]) -> list[str]:
    """The lines of the tutorial's first rehearsal, which is of the app as it was written, that aren't in `said`."""
    shown = tutorial.partition(_SHOWN)[2].partition("```text\n")[2].partition("```")[0]
    return [line for line in shown.splitlines() if line.rstrip() not in said]


def _steps(home: Path, wheel: Path) -> Iterator[tuple[Sequence[str], Path]]:
    python = str(home / "venv" / "bin" / "python")
    yield (sys.executable, "-m", "venv", "venv"), home
    yield (python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)), home
    yield (str(home / "venv" / "bin" / "keyless"), "init", "--yes", "shop"), home
    yield ("git", "init", "--quiet"), home / "shop"
    yield ("make", "test"), home / "shop"
    yield ("make", "rehearse"), home / "shop"


if __name__ == "__main__":
    sys.exit(main())
