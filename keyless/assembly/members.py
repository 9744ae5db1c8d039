"""What the members of an archive may be: plain files and folders below the one folder, few and small enough."""

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from keyless.assembly.limits import DEPTH, MEMBER_BYTES, MEMBERS, NAME_BYTES, PATH_BYTES
from keyless.assembly.refused import RefusedError

ROOT: Final = "cdk.out"
"""The only folder that an archive may have."""
_PLAIN: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)
_PAX: Final = frozenset({"path", "mtime", "atime", "ctime"})
"""What a member may say beyond its header. Others make a file sparse, or give it another size, target or owner."""


def accepted(opened: Iterable[tarfile.TarInfo]) -> list[tarfile.TarInfo]:
    """The members, none of which is read beyond the allowed number.

    Raises:
        RefusedError: when a member would come to lie elsewhere, isn't plain or is too much.
    """
    members: list[tarfile.TarInfo] = []
    problems: list[str] = []
    seen: set[PurePosixPath] = set()
    for member in opened:
        if len(members) == MEMBERS:
            problems.append(f"{_shown(member)!a} is one member too many; allowed: {MEMBERS}")
            break
        path = PurePosixPath(member.name)
        problems += [f"{_shown(member)!a} {problem}" for problem in (*_kind(member), *_place(member, path))]
        if path in seen:
            problems.append(f"{_shown(member)!a} is in the archive twice; allowed: each path once")
        seen.add(path)
        members.append(member)
    if problems:
        raise RefusedError(problems)
    return members


def _kind(member: tarfile.TarInfo) -> Iterator[str]:
    if member.type not in _PLAIN:
        yield "is a link or device; allowed: files and folders"
    if not member.pax_headers.keys() <= _PAX:
        yield f"is not stored as a plain file; allowed: no more about it than {', '.join(sorted(_PAX))}"
    if not 0 <= member.size <= MEMBER_BYTES:
        yield f"says that it has {member.size} bytes; allowed: at most {MEMBER_BYTES}"


def _place(member: tarfile.TarInfo, path: PurePosixPath) -> Iterator[str]:
    if path.is_absolute() or ".." in path.parts or path.parts[:1] != (ROOT,):
        yield f"would lie outside of {ROOT}; allowed: what is below {ROOT}"
    if not member.name.isprintable():
        yield "has a name that can't be printed; allowed: characters that print"
    if len(path.parts) > DEPTH:
        yield f"lies {len(path.parts)} names deep; allowed: {DEPTH}"
    if _bytes(member.name) > PATH_BYTES or any(_bytes(part) > NAME_BYTES for part in path.parts):
        yield f"has too long a name; allowed: {NAME_BYTES} bytes a name, {PATH_BYTES} a path"


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _shown(member: tarfile.TarInfo) -> str:
    name = member.name
    return name if len(name) <= NAME_BYTES else f"{name[:NAME_BYTES]}…"
