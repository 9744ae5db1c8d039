"""Debian's archive: where it is mirrored, the keys it is signed with, and packages fetched from it and unpacked.

apt does it, with a configuration and a state of its own in a folder of ours: signatures are checked, nothing is
installed, and no setting or package of the system changes.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyless.rehearsal.servers.mysql.errors import UnavailableError

MIRROR_VARIABLE: Final = "KEYLESS_DEBIAN_MIRROR"
_PUBLIC_MIRROR: Final = "http://deb.debian.org/debian"
"""Debian's own, by HTTP as Debian's installer has it: what it serves is signed."""
_KEYS: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_KEYS_PACKAGE: Final = "debian-archive-keyring"
_SECONDS: Final = 600
_DEPENDENCIES_ONLY: Final = (
    *("--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"),
)
_UNUSED: Final = re.compile(
    "perl|libperl|libgdbm|libdb5|debconf|cdebconf|adduser|passwd|dpkg|tar|sysvinit|init-system|lsb-base|galera|gawk"
    "|rsync|socat|lsof|psmisc|procps|iproute2"
)
"""What the packages' scripts and a cluster's replication need; no script is run."""


@dataclass(frozen=True)
class Archive:
    """One suite of Debian's, and a folder for apt's state."""

    suite: str
    folder: Path

    def unpack(self, packages: Sequence[str], target: Path) -> None:
        """Unpack the packages and all they need into `target`. Raises UnavailableError."""
        self._configure()
        self._apt("apt-get", "update")
        found = self._apt("apt-cache", "depends", "--recurse", *_DEPENDENCIES_ONLY, *packages)
        needed = {line for line in found.splitlines() if line[:1].isalnum() and not _UNUSED.match(line)}
        downloads = self.folder / "packages"
        downloads.mkdir()
        self._apt("apt-get", "download", *sorted(needed), cwd=downloads)
        for package in sorted(downloads.iterdir()):
            run(["dpkg", "-x", package, target])

    def _configure(self) -> None:
        for name in ("lists/partial", "archives/partial"):
            (self.folder / name).mkdir(parents=True)
        source = f"deb [signed-by={keys(self.folder)}] {mirror()} {self.suite} main\n"
        (self.folder / "sources.list").write_text(source, encoding="utf-8")
        settings = {
            "Dir::State": self.folder,
            "Dir::State::status": "/dev/null",  # nothing counts as installed
            "Dir::Cache": self.folder,
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "APT::Sandbox::User": "",
            "APT::Architecture": run(["dpkg", "--print-architecture"]).strip(),
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Acquire::http::Timeout": "30",
        }
        lines = "".join(f'{name} "{value}";\n' for name, value in settings.items())
        (self.folder / "apt.conf").write_text(lines, encoding="utf-8")

    def _apt(self, *command: str, cwd: Path | None = None) -> str:
        return run([command[0], "-q", *command[1:]], cwd=cwd, apt_config=self.folder / "apt.conf")


def require_tools() -> None:
    """Raises UnavailableError where this is no Debian and no relative of it."""
    missing = [name for name in ("apt-get", "apt-cache", "dpkg") if shutil.which(name) is None]
    if missing:
        raise UnavailableError(
            f"the MySQL family can't be rehearsed on this machine, which has no {', '.join(missing)}: its servers come "
            "from Debian's packages, on Debian, Ubuntu and their relatives only"
        )


def mirror() -> str:
    """The address of Debian's archive: the named one, else this Debian's own mirror, else Debian's."""
    if named := os.environ.get(MIRROR_VARIABLE):
        return named
    told = run(["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE)"])
    pairs = [line.split() for line in told.splitlines()]
    own = _os_release("VERSION_CODENAME") if _os_release("ID") == "debian" else ""
    return next((uri for uri, release in pairs if release == own), _PUBLIC_MIRROR)


def keys(folder: Path, installed: Path = _KEYS) -> Path:
    """Debian's public keys. Where the machine has none, those that its own distribution has a package of."""
    if installed.is_file():
        return installed
    run(["apt-get", "-q", "download", _KEYS_PACKAGE], cwd=folder)
    (package,) = folder.glob(f"{_KEYS_PACKAGE}_*.deb")
    run(["dpkg", "-x", package, folder / "keys"])
    return folder / "keys" / _KEYS.relative_to("/")


def run(command: Sequence[str | Path], *, cwd: Path | None = None, apt_config: Path | None = None) -> str:
    """What it prints. Raises UnavailableError when it fails."""
    environment = {**os.environ, "LC_ALL": "C", **({"APT_CONFIG": str(apt_config)} if apt_config else {})}
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        reason = said[-1] if said else str(error)
        raise UnavailableError(
            f"the MySQL family can't be rehearsed now: `{command[0]} {command[1]}` failed, {reason} "
            f"(is Debian's archive within reach? {MIRROR_VARIABLE} names another mirror)"
        ) from error


def _os_release(field: str) -> str:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf'^{field}="?([^"\n]*)', text, re.MULTILINE)
    return found[1] if found else ""
