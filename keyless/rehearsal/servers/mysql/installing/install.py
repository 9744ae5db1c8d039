"""One kind of server made ready: unpacked, its version looked at, the stand-in of AWS's plugin compiled."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from keyless.rehearsal.servers.mysql.errors import UnavailableError
from keyless.rehearsal.servers.mysql.installing import cache
from keyless.rehearsal.servers.mysql.installing.archive import Archive, require_tools, run
from keyless.rehearsal.servers.mysql.installing.programs import Programs
from keyless.rehearsal.servers.mysql.kinds import Kind

PLUGIN: Final = "aws_authentication.so"
_SOURCE: Final = Path(__file__).parents[1] / "plugin" / "aws_authentication.c"
_LAYOUT: Final = 1
"""Of an entry in the cache. To be raised when what is written here changes and the kind and the plugin don't."""


def installed(kind: Kind, parent: Path | None = None) -> Programs:
    """The programs of a kind, unpacked now if they aren't yet. Raises UnavailableError.

    Parameters:
        parent: where to; the user's cache by default.
    """
    name = f"{kind.name.lower()}-{kind.series}-{_key(kind)}"
    return Programs(cache.entry(name, lambda new: _install(kind, new), parent or cache.folder()))


def _key(kind: Kind) -> str:
    return hashlib.sha256(repr((kind, _LAYOUT)).encode() + _SOURCE.read_bytes()).hexdigest()[:12]


def _install(kind: Kind, folder: Path) -> None:
    require_tools()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as state:
        Archive(kind.suite, Path(state)).unpack(kind.packages, folder)
    for unread in ("usr/share/doc", "usr/share/man", "etc"):
        shutil.rmtree(folder / unread, ignore_errors=True)
    programs = Programs(folder)
    _require_series(kind, programs)
    run(
        programs.command(
            "usr/bin/tcc", "-shared", "-nostdlib", f"-D{kind.plugin_macro}", _SOURCE, "-o", folder / PLUGIN
        )
    )


def _require_series(kind: Kind, programs: Programs) -> None:
    command = programs.command(kind.daemon, "--no-defaults", "--version")
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    version = said.stdout.partition(" Ver ")[2].strip().split(" ")[0]
    if not version.startswith(f"{kind.series}."):
        raise UnavailableError(
            f"{kind.name} {kind.series} can't be rehearsed: Debian's {kind.suite} has {version or said.stderr.strip()}"
        )
