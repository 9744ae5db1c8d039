"""Install what a requirements file names into a folder: the very files that it has hashes of, or nothing.

How pip is configured on this machine doesn't count: no PIP_* variable, no pip.conf. An index of its own, a folder of
wheels or a constraint could otherwise choose what runs with the functions' rights. Proxies and certificates are the
system's (HTTPS_PROXY, REQUESTS_CA_BUNDLE, netrc).
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

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
        PipError: when a package has no hash, another hash, or can't be had.
    """
    # -I: Python runs the pip beside it, and none of the current folder or PYTHONPATH.
    command = [sys.executable, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    command += ["--no-color", "--no-compile", "--require-hashes", "--only-binary=:all:", *options]
    command += ["--requirement", str(requirements), "--target", str(target)]
    result = subprocess.run(command, env=_environment(os.environ), capture_output=True, text=True, check=False)
    if result.returncode:
        raise PipError(_with_advice(result.stderr.strip(), requirements))


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """A file that is the null device makes pip read no other. The index isn't an argument: it may hold a password."""
    kept = {name: value for name, value in ours.items() if not name.startswith("PIP_")}
    index = {"PIP_INDEX_URL": ours[INDEX]} if ours.get(INDEX) else {}
    return kept | {"PIP_CONFIG_FILE": os.devnull} | index


def _with_advice(said: str, requirements: Path) -> str:
    source = requirements.with_suffix(".in")
    return "\n".join([said, *(advice.format(source=source) for sign, advice in _ADVICE.items() if sign in said)])
