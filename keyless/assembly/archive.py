"""An archive of another job: the announced one, unpacked into a new folder, where it can replace nothing."""

import hashlib
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from keyless.assembly.refused import RefusedError

ROOT: Final = "cdk.out"
"""The only folder that an archive may have."""
_BLOCK: Final = 1 << 20


def unpack(archive: Path, *, sha256: str, folder: Path) -> Path:
    """Unpack into `folder`, which must not exist yet; the assembly's folder in it.

    Nothing is written unless every member is fine.

    Raises:
        RefusedError: when the archive's digest isn't `sha256`, or a member would come to lie elsewhere.
    """
    if problems := [*_digest_problems(archive, sha256)]:
        raise RefusedError(problems)
    try:
        with tarfile.open(archive, "r:gz") as opened:
            members = opened.getmembers()
            if problems := [*_member_problems(members)]:
                raise RefusedError(problems)
            folder.mkdir(parents=True)
            with kept_only_if_accepted(folder):
                opened.extractall(folder, members, filter="data")
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise RefusedError([f"{archive.name} can't be unpacked into {folder.name}: {error!a}"]) from error
    return folder / ROOT


@contextmanager
def kept_only_if_accepted(folder: Path) -> Iterator[None]:
    """Removes the folder when the block raises."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder)
        raise


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


def _member_problems(members: Sequence[tarfile.TarInfo]) -> Iterator[str]:
    seen: set[PurePosixPath] = set()
    for member in members:
        path = PurePosixPath(member.name)
        if not (member.isreg() or member.isdir()):
            yield f"{member.name!a} is a link or device; allowed: files and folders"
        if path.is_absolute() or ".." in path.parts or path.parts[:1] != (ROOT,):
            yield f"{member.name!a} would lie outside of {ROOT}; allowed: what is below {ROOT}"
        if path in seen:
            yield f"{member.name!a} is in the archive twice; allowed: each path once"
        seen.add(path)
