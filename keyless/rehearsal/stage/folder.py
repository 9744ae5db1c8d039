"""The stage's own folder, with templates, certificates and what another terminal needs: gone when the stage is."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "keyless-rehearsal-"
_AGE_SECONDS: Final = 60.0
"""A younger folder may not be locked yet."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """Locked as long as the block lasts. What was left by a process that was killed is removed first."""
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder, _locked(Path(folder)):
        yield Path(folder)


def sweep(parent: Path) -> None:
    """Remove the folders whose process is gone: the kernel lets go of its lock, however it ended."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, locked, or gone meanwhile
            if time.time() - folder.stat().st_mtime > _AGE_SECONDS:
                with _locked(folder):
                    shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises BlockingIOError when it is another's."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
