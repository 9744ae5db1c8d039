"""Install what a requirements file names into a folder: the very files that it has hashes of, or nothing.

How pip is configured on this machine doesn't count: no PIP_* variable, no pip.conf. An index of its own, a folder of
wheels or a constraint could otherwise choose what runs with the functions' rights. Proxies and certificates are the
system's (HTTPS_PROXY, REQUESTS_CA_BUNDLE, netrc).
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from keyless_aurora.functions.lock_file import locked

INDEX: Final = "KEYLESS_INDEX_URL"
"""The environment variable that names another package index than PyPI, such as a company's mirror. It can't change what
is installed, only whether: the hashes decide."""

_ADVICE: Final = {
    "--require-hashes mode": "every package needs its version and hashes here: name it in {source} and run `make lock`",
    "DO NOT MATCH THE HASHES": "the package index serves another file than the one that was locked; `make lock` would "
    "trust it, so find out why first",
}
"""By what pip says."""


class PipError(Exception):
    """Nothing usable was installed: pip's message, and what to do."""


def install(requirements: Path, options: Sequence[str], target: Path) -> None:
    """Install the wheels that `requirements` has hashes of into the folder `target`.

    Args:
        options: what makes pip choose wheels for another platform.

    Raises:
        NotLockedError: when the file says anything else than exact versions with hashes.
        PipError: when a package needs one that isn't named, has another hash, or can't be had.
    """
    with tempfile.TemporaryDirectory() as folder:
        # pip reads what was checked, and not the file again, in whose first lines it would look for an encoding.
        checked = Path(folder) / requirements.name
        checked.write_text(locked(requirements), encoding="ascii")
        said = _run(checked, options, target)
    if said is not None:
        raise PipError(_with_advice(said.replace(str(checked), str(requirements)), requirements))


def _run(requirements: Path, options: Sequence[str], target: Path) -> str | None:
    """What pip says if it fails."""
    # -I: Python runs the pip beside it, and none of the current folder or PYTHONPATH.
    command = [sys.executable, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    command += ["--no-color", "--no-compile", "--require-hashes", "--only-binary=:all:", *options]
    command += ["--requirement", str(requirements), "--target", str(target)]
    result = subprocess.run(command, env=_environment(os.environ), capture_output=True, text=True, check=False)
    return result.stderr.strip() if result.returncode else None


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """A file that is the null device makes pip read no other. The index isn't an argument: it may hold a password."""
    kept = {name: value for name, value in ours.items() if not name.startswith("PIP_")}
    index = {"PIP_INDEX_URL": ours[INDEX]} if ours.get(INDEX) else {}
    return kept | {"PIP_CONFIG_FILE": os.devnull} | index


def _with_advice(said: str, requirements: Path) -> str:
    source = requirements.with_suffix(".in")
    return "\n".join([said, *(advice.format(source=source) for sign, advice in _ADVICE.items() if sign in said)])
