"""How an app gets the library that makes it: the very wheel, vendored, or the version on the index, with its hash."""

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from hashlib import sha256
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from keyless.init.answers import InitError

_NAME: Final = "keyless-aurora"
_VENDORED: Final = "vendor"
_ABOUT: Final = "# The library, with the hash of its wheel. Another version is another line: README.md says how.\n"


@dataclass(frozen=True)
class Library:
    requirement: str
    """The text of library.txt."""
    wheel: Path | None
    """What goes into `vendor/`; None when it comes from an index."""


def library(given: Path | None = None) -> Library:
    """The library as it is installed.

    Args:
        given: another wheel of it, to vendor.

    Raises:
        InitError: when it was installed from a folder, whose wheel nobody has, or the wheel is gone.
    """
    installed = distribution(_NAME)
    wheel = given or _installed_from(installed)
    return _from_index(installed.version) if wheel is None else _vendored(wheel)


def _installed_from(installed: Distribution) -> Path | None:
    """The file that pip installed (PEP 610); None: an index had it."""
    text = installed.read_text("direct_url.json")
    if text is None:
        return None
    url = urlsplit(json.loads(text)["url"])
    if url.scheme == "file" and url.path.endswith(".whl"):
        return Path(unquote(url.path))
    raise InitError(
        f"{_NAME} is not installed from a wheel or an index here, and an app can only depend on those; allowed: "
        "--wheel FILE, which `make dist` makes"
    )


def _vendored(wheel: Path) -> Library:
    if not wheel.is_file():
        raise InitError(f"there is no file {wheel}; allowed: --wheel FILE, which `make dist` makes")
    if not _is_ours(wheel):
        raise InitError(f"{wheel} is not a wheel of {_NAME}; allowed: --wheel FILE, which `make dist` makes")
    return Library(f"{_ABOUT}./{_VENDORED}/{wheel.name} --hash=sha256:{_digest(wheel)}\n", wheel)


def _is_ours(wheel: Path) -> bool:
    """By its name and by what it says of itself: pip would refuse another later, in the app."""
    name = re.fullmatch(r"keyless_aurora-([^-]+)-py3-none-any\.whl", wheel.name)
    if name is None:
        return False
    try:
        with zipfile.ZipFile(wheel) as archive:
            about = archive.read(f"keyless_aurora-{name[1]}.dist-info/METADATA")
    except (zipfile.BadZipFile, KeyError, OSError):
        return False
    said = message_from_bytes(about)
    return (said["Name"], said["Version"]) == (_NAME, name[1])


def _from_index(version: str) -> Library:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-I", "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-input"]
        command += ["--no-deps", "--only-binary=:all:", "--dest", folder, f"{_NAME}=={version}"]
        result = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
        found = list(Path(folder).glob("*.whl"))
        if result.returncode or len(found) != 1:
            raise InitError(
                f"the hash of {_NAME} {version} can't be had; pip says:\n{result.stderr.strip()}\nallowed: --wheel FILE"
            )
        return Library(f"{_ABOUT}{_NAME}=={version} --hash=sha256:{_digest(found[0])}\n", None)


def _environment() -> dict[str, str]:
    """As `make setup` will have it: no setting that pip has on this machine counts, only KEYLESS_INDEX_URL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    index = os.environ.get("KEYLESS_INDEX_URL")
    return kept | {"PIP_CONFIG_FILE": os.devnull} | ({"PIP_INDEX_URL": index} if index else {})


def _digest(wheel: Path) -> str:
    return sha256(wheel.read_bytes()).hexdigest()
