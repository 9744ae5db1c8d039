"""An archive of another job: the announced one, unpacked into a new folder, where it can replace nothing."""

import gzip
import hashlib
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from keyless.assembly.limits import PACKED_BYTES, UNPACKED_BYTES
from keyless.assembly.members import ROOT, accepted
from keyless.assembly.refused import RefusedError

_BLOCK: Final = 1 << 20
_DAMAGED: Final = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, OverflowError, RecursionError)
"""What the standard library raises about what is no gzip or tar file: for a junk sparse map, a ValueError."""


def unpack(archive: Path, *, sha256: str, folder: Path) -> Path:
    """Unpack into `folder`, which must not exist yet; the assembly's folder in it.

    Nothing is written below it unless every member is fine.

    Raises:
        RefusedError: when the archive's digest isn't `sha256`, it holds too much, or a member would come to lie
            elsewhere.
    """
    if problems := [*_size_problems(archive)] or [*_digest_problems(archive, sha256)]:
        raise RefusedError(problems)
    try:
        with tempfile.TemporaryFile() as unzipped:
            _unzip(archive, unzipped)
            _extract(unzipped, folder)
    except _DAMAGED as error:
        raise RefusedError([f"{archive.name} can't be unpacked into {folder.name}: {error!a}"]) from error
    return folder / ROOT


def _unzip(archive: Path, unzipped: IO[bytes]) -> None:
    with gzip.open(archive, "rb") as file:
        while block := file.read(_BLOCK):
            if unzipped.tell() + len(block) > UNPACKED_BYTES:
                raise RefusedError([f"{archive.name} unpacks to more than is allowed; allowed: {UNPACKED_BYTES} bytes"])
            unzipped.write(block)
    unzipped.seek(0)


def _extract(unzipped: IO[bytes], folder: Path) -> None:
    with tarfile.open(fileobj=unzipped, mode="r:") as opened:
        members = accepted(opened)
        _refuse_more(unzipped, opened.offset)
        folder.mkdir(parents=True)
        with kept_only_if_accepted(folder):
            opened.extractall(folder, members, filter="data")


def _refuse_more(unzipped: IO[bytes], end: int) -> None:
    """Another reader could go on where this one ended: after the last member only zeros may follow."""
    unzipped.seek(end)
    while block := unzipped.read(_BLOCK):
        if block.strip(b"\0"):
            raise RefusedError([f"data follows the archive's end, at byte {end}; allowed: zeros"])


@contextmanager
def kept_only_if_accepted(folder: Path) -> Iterator[None]:
    """Removes the folder when the block raises."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder)
        raise


def _size_problems(archive: Path) -> Iterator[str]:
    if (size := archive.stat().st_size) > PACKED_BYTES:
        yield f"{archive.name} has {size} bytes; allowed: at most {PACKED_BYTES}"


def _digest_problems(archive: Path, sha256: str) -> Iterator[str]:
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        yield f"the announced digest {sha256!a} is not a SHA-256; allowed: the 64 hex digits that the synth job put out"
        return
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != sha256:
        yield f"{archive.name} has the digest {digest.hexdigest()}; allowed: {sha256}, which the synth job announced"
