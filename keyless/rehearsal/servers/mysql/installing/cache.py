"""The folder of the user's cache that holds the unpacked servers, and one entry made there by one process at a time.

`make clean` removes it. Must not be used for anything that is secret: who may enter the cache may read it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from keyless.rehearsal.servers.mysql.errors import UnavailableError

_NAME: Final = "keyless-aurora/servers"


def folder() -> Path:
    """Raises UnavailableError where there can't be one, or where others could have put programs into it."""
    try:
        path = _cache() / _NAME
        path.mkdir(parents=True, exist_ok=True)
        status = path.lstat()
    except (OSError, RuntimeError) as error:  # pathlib's, for a user without a home
        raise UnavailableError(f"there is no place for the MySQL family's servers in the cache: {error}") from error
    if path.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise UnavailableError(f"{path} isn't this user's alone to write, so no server is started from it; remove it")
    return path


def entry(name: str, make: Callable[[Path], None], parent: Path) -> Path:
    """The folder `name` in `parent`, with what `make` puts into it: whole, or not there. Two processes make it once."""
    path = parent / name
    if path.is_dir():
        return path
    with (parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.is_dir():
            _make(path, make)
    return path


def _make(path: Path, make: Callable[[Path], None]) -> None:
    for left in path.parent.glob(f"{path.name}.new-*"):  # by a process that was killed: the lock is ours
        shutil.rmtree(left)
    new = Path(tempfile.mkdtemp(prefix=f"{path.name}.new-", dir=path.parent))
    try:
        make(new)
        new.chmod(0o755)
        new.rename(path)
    except BaseException:
        shutil.rmtree(new)
        raise


def _cache() -> Path:
    """XDG Base Directory Specification: a relative path counts as none."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"
