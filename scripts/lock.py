"""Writes each requirements*.txt, with the hashes of every file of each release, from the requirements*.in beside it.

`make lock` runs it. Versions that still fit are kept; `make lock ARGS=--upgrade` takes the newest that the .in files
allow. Every folder with a requirements.in is a bundle's. uv's settings on this machine are ignored.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
OLDEST_PYTHON = "3.11"
_MADE = {".venv", "node_modules", "cdk.out"}
_UV = Path(sys.executable).parent / "uv"


def sources(project: Path = PROJECT) -> Iterator[Path]:
    """What is written by hand, in the order to lock it: the bundles, then what includes them."""
    for folder in sorted(path for path in project.iterdir() if path.is_dir() and path.name not in _MADE):
        yield from sorted(folder.rglob("requirements.in"))
    yield from sorted((project / "keyless").rglob("requirements-dev.in"))  # what `keyless init` writes
    yield from (project / "requirements.in", project / "requirements-dev.in")


def lock(source: Path, arguments: Sequence[str]) -> int:
    """Write the lock file of `source`, for every platform and every Python from `OLDEST_PYTHON` on. Returns uv's
    status, 0 when written."""
    name = source.relative_to(PROJECT)
    command = [
        *(str(_UV), "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", OLDEST_PYTHON),
        *("--generate-hashes", "--strip-extras", "--no-annotate", "--custom-compile-command", "make lock"),
        *(*arguments, str(name), "--output-file", str(name.with_suffix(".txt"))),
    ]
    return subprocess.run(command, cwd=PROJECT, env=_environment(), check=False, stdout=subprocess.DEVNULL).returncode


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    index = os.environ.get("KEYLESS_INDEX_URL")
    return kept | ({"UV_DEFAULT_INDEX": index} if index else {})


if __name__ == "__main__":
    sys.exit(next((status for source in sources() if (status := lock(source, sys.argv[1:]))), 0))
