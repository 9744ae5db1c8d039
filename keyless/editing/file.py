"""Reads a spec's file, and replaces it by another version: by all of it or, whatever happens, by nothing."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db_access.spec.files.document import NO_FILE
from db_access.spec.source import shown
from keyless.editing.errors import EditError

_WAIT_SECONDS: Final = 10.0
"""For another edit in the same folder, which takes a moment."""
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True)
class SpecFile:
    """A file as it was when it was opened."""

    path: Path
    """Of the file itself, where the name that was given is a link."""
    content: bytes

    @property
    def text(self) -> str:
        """With its line ends as they are.

        Raises:
            EditError: when it is not UTF-8.
        """
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise _refused(self.path, "not text in UTF-8; allowed: a file that is saved as UTF-8", line) from error

    def replace(self, text: str) -> None:
        """Write `text`, with the mode, owner and attributes that the file has.

        Raises:
            EditError: when the file has changed since it was opened, or can't be written. It is as it was then.
        """
        with _reported(self.path):
            if self.path.read_bytes() != self.content:
                raise _refused(self.path, "the file has changed meanwhile; nothing was written; run again")
            descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(text.encode())
                    _like(self.path, Path(name), descriptor)
                    file.flush()
                    os.fsync(descriptor)
                Path(name).replace(self.path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise


@contextmanager
def opened(path: Path) -> Iterator[SpecFile]:
    """The file, which no other edit of this command changes before the end of the block.

    Raises:
        EditError: when it isn't there, isn't a file of one name, or may not be written.
    """
    with _reported(path):
        real = Path(os.path.realpath(path, strict=True))
        _writable(path, real.stat())
    with _locked(real.parent):
        with _reported(path):
            content = real.read_bytes()
        yield SpecFile(real, content)


def _writable(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, "is not a file; allowed: a file")
    if not found.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise _refused(path, "is read-only; allowed: a file that this user may write")
    if found.st_nlink > 1:
        raise _refused(path, f"has {found.st_nlink} names (hard links), of which one would change; allowed: one")


def _like(original: Path, new: Path, descriptor: int) -> None:
    """The owner first: a change of it resets bits of the mode."""
    found, made = original.stat(), os.fstat(descriptor)
    if (found.st_uid, found.st_gid) != (made.st_uid, made.st_gid):
        os.fchown(descriptor, found.st_uid, found.st_gid)
    shutil.copystat(original, new)
    os.utime(new)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """A lock on the folder, for the file itself is replaced."""
    with _reported(folder):
        descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise _refused(folder, "another edit is at work in this folder; nothing was written; run again")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise _refused(path, f"{error.strerror}; {NO_FILE}") from error
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error


def _refused(path: Path, problem: str, line: int | None = None) -> EditError:
    return EditError([f"{shown(path)}{f':{line}' if line else ''}: {problem}"])
