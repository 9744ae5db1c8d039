"""What a job that holds a role takes from another job: the announced archive, and from it plain files below one folder."""

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from keyless.assembly.limits import DEPTH, MEMBER_BYTES, MEMBERS, NAME_BYTES, PACKED_BYTES, PATH_BYTES, UNPACKED_BYTES
from tests.infrastructure.pipeline.archives import Archive, member, refused_by, run, sha256, taken
from tests.infrastructure.pipeline.sample import HASH

FILE = f"cdk.out/asset.{HASH}/x"
SPARSE = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(1 << 32)}


def test_an_assembly_is_unpacked_as_it_was_packed(tmp_path: Path) -> None:
    answer = taken(tmp_path, Archive())
    assert (answer.returncode, answer.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "taken").iterdir()) == ["cdk.out"]
    code = tmp_path / "taken/cdk.out" / f"asset.{HASH}" / "handler.py"
    assert code.read_text() == "pass\n"
    assert code.stat().st_mode & 0o111, "Lambda needs the file modes"


ATTACKS: dict[str, tuple[Archive, str]] = {
    "another cdk command line": (
        Archive(extra={"node_modules/.bin/cdk": "#!/bin/sh\ntouch owned\n"}),
        "'node_modules/.bin/cdk' would lie outside of cdk.out; allowed: what is below cdk.out",
    ),
    "another settings file beside the assembly": (
        Archive(extra={"cdk.json": '{"build": "touch owned"}'}),
        "'cdk.json'",
    ),
    "a context file beside the assembly": (Archive(extra={"cdk.context.json": "{}"}), "'cdk.context.json'"),
    "a path upwards": (Archive(extra={"cdk.out/../node_modules/.bin/cdk": ""}), "would lie outside of cdk.out"),
    "an absolute path": (Archive(extra={"/tmp/cdk.json": ""}), "'/tmp/cdk.json' would lie outside of cdk.out"),
    "a folder that begins alike": (Archive(extra={"cdk.outer/x": ""}), "'cdk.outer/x' would lie outside of cdk.out"),
    "a symbolic link": (
        Archive(members=[member("cdk.out/asset.x", tarfile.SYMTYPE, "/etc/passwd")]),
        "'cdk.out/asset.x' is a link or device; allowed: files and folders",
    ),
    "the assembly itself as a link": (Archive({}, members=[member("cdk.out", tarfile.SYMTYPE, "/")]), "is a link"),
    "a hard link": (Archive(members=[member("cdk.out/tree.json", tarfile.LNKTYPE, "../../x")]), "is a link or device"),
    "a device": (Archive(members=[member("cdk.out/tree.json", tarfile.CHRTYPE)]), "is a link or device"),
    "a second manifest": (
        Archive(extra={"cdk.out/manifest.json": '{"artifacts": {}}'}),
        "'cdk.out/manifest.json' is in the archive twice; allowed: each path once",
    ),
    "a second manifest, spelt differently": (Archive(extra={"cdk.out/./manifest.json": "{}"}), "twice"),
    "a name that starts a line": (Archive(extra={"cdk.out/x\n::error::y": ""}), r"x\n::error::y"),
    "a sparse file of 4 GiB": (
        Archive(members=[member(FILE, tarfile.REGTYPE, pax={**SPARSE, "GNU.sparse.map": "0,0"})]),
        f"'{FILE}' is not stored as a plain file; allowed: no more about it than atime, ctime, mtime, path",
    ),
    "a sparse map that is junk": (
        Archive(members=[member(FILE, tarfile.REGTYPE, pax={**SPARSE, "GNU.sparse.map": "x"})]),
        "assembly.tar.gz can't be unpacked into taken: ValueError",
    ),
    "another target in the extended header": (
        Archive(members=[member(FILE, tarfile.REGTYPE, pax={"linkpath": "/etc/passwd"})]),
        "is not stored as a plain file",
    ),
    "a size below zero": (
        Archive(members=[member(FILE, tarfile.REGTYPE, pax={"size": "-1"})]),
        f"says that it has -1 bytes; allowed: at most {MEMBER_BYTES}",
    ),
    "a contiguous file": (Archive(members=[member(FILE, tarfile.CONTTYPE)]), "is a link or device"),
    "a name with a NUL": (
        Archive(members=[member(FILE, tarfile.REGTYPE, pax={"path": f"{FILE}\0x"})]),
        r"/x\x00x' has a name that can't be printed; allowed: characters that print",
    ),
    "nested folders": (
        Archive(extra={f"{FILE}/{'a/' * 1900}f": "x"}),
        f"lies 1904 names deep; allowed: {DEPTH}",
    ),
    "a name that no file system takes": (
        Archive(extra={f"cdk.out/{'a' * (NAME_BYTES + 1)}": "x"}),
        f"has too long a name; allowed: {NAME_BYTES} bytes a name, {PATH_BYTES} a path",
    ),
    "a path that is too long": (Archive(extra={f"cdk.out/{'/'.join(['a' * 200] * 6)}": "x"}), "has too long a name"),
    "a file below a file": (Archive(extra={"cdk.out/manifest.json/x": ""}), "can't be unpacked into taken"),
    "too many members": (
        Archive(members=[member(f"{FILE}{number}", tarfile.REGTYPE) for number in range(MEMBERS)]),
        f"is one member too many; allowed: {MEMBERS}",
    ),
    "a member that is too large": (
        Archive(extra={FILE: "\0" * (MEMBER_BYTES + 1)}),
        f"'{FILE}' says that it has {MEMBER_BYTES + 1} bytes; allowed: at most {MEMBER_BYTES}",
    ),
    "members that are too much together": (
        Archive(extra={f"{FILE}{number}": "\0" * (UNPACKED_BYTES // 3) for number in range(3)}),
        f"assembly.tar.gz unpacks to more than is allowed; allowed: {UNPACKED_BYTES} bytes",
    ),
    "a file in the assembly's place": (
        Archive({}, extra={"cdk.out": "x"}),
        "there is no manifest.json that can be read; allowed: an assembly as `make synth` made it",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_is_no_plain_archive_is_refused_by_name(tmp_path: Path, name: str) -> None:
    refused_by(tmp_path, *ATTACKS[name])


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    archive = Archive(
        extra={"cdk.json": "", "node_modules/.bin/cdk": ""}, members=[member("cdk.out/a", tarfile.SYMTYPE, "/")]
    )
    assert len(taken(tmp_path, archive).stderr.splitlines()) == 3


@pytest.mark.parametrize(
    ("digest", "says"),
    [
        ("0" * 64, "allowed: 0000000000000000000000000000000000000000000000000000000000000000, which the synth job"),
        ("", "the announced digest '' is not a SHA-256"),
        ("sha256:x", "is not a SHA-256; allowed: the 64 hex digits"),
    ],
)
def test_another_archive_than_the_announced_one_is_not_even_opened(tmp_path: Path, digest: str, says: str) -> None:
    answer = taken(tmp_path, Archive(extra={"cdk.json": ""}), digest)
    assert (answer.returncode, says in answer.stderr, "cdk.json" in answer.stderr) == (1, True, False)


@pytest.mark.parametrize("more", [b"x" * 1_000, b"\0" * 512 + b"x"])
def test_nothing_follows_the_archive(tmp_path: Path, more: bytes) -> None:
    """Another reader could go on where this one ends."""
    path = tmp_path / "assembly.tar.gz"
    Archive().write(path)
    path.write_bytes(path.read_bytes() + gzip.compress(more))
    answer = run(path, sha256(path), tmp_path / "taken")
    assert (answer.returncode, "data follows the archive's end" in answer.stderr) == (1, True)
    assert not (tmp_path / "taken").exists()


def test_an_archive_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "assembly.tar.gz"
    with path.open("wb") as file:
        file.truncate(PACKED_BYTES + 1)
    answer = run(path, "0" * 64, tmp_path / "taken")
    says = f"assembly.tar.gz has {PACKED_BYTES + 1} bytes; allowed: at most {PACKED_BYTES}"
    assert (answer.returncode, answer.stderr) == (1, f"keyless.assembly: {says}\n")


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _no_archive(path: Path) -> None:
    path.write_bytes(b"not an archive")


@pytest.mark.parametrize("break_it", [_shorten, _no_archive])
def test_a_damaged_archive_is_refused_without_a_traceback(tmp_path: Path, break_it: Callable[[Path], None]) -> None:
    path = tmp_path / "assembly.tar.gz"
    Archive().write(path)
    break_it(path)
    answer = run(path, sha256(path), tmp_path / "taken")
    assert answer.returncode == 1
    assert answer.stderr.startswith("keyless.assembly: assembly.tar.gz can't be unpacked")
    assert not (tmp_path / "taken").exists()


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/tool").write_text("mine")
    answer = taken(tmp_path, Archive())
    assert (answer.returncode, "can't be unpacked into taken" in answer.stderr) == (1, True)
    assert (tmp_path / "taken/tool").read_text() == "mine"
