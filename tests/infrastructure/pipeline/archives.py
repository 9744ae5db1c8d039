"""Archives as the synth job makes them, and as somebody else might."""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.infrastructure.pipeline.sample import assembly
from tests.infrastructure.support import ROOT


@dataclass
class Archive:
    """`members`: beside the assembly's files, as tar has them; `extra`: text files by path."""

    files: Mapping[str, Any] = field(default_factory=assembly)
    extra: Mapping[str, str] = field(default_factory=dict)
    members: Sequence[tarfile.TarInfo] = ()

    def write(self, path: Path) -> None:
        with tarfile.open(path, "w:gz") as opened:
            for name, content in self.files.items():
                _add(opened, f"cdk.out/{name}", content if isinstance(content, str) else json.dumps(content))
            for name, content in self.extra.items():
                _add(opened, name, content)
            for member in self.members:
                opened.addfile(member)


def member(name: str, kind: bytes, target: str = "", pax: dict[str, str] | None = None) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.pax_headers = kind, target, pax or {}
    return found


def _add(opened: tarfile.TarFile, name: str, text: str) -> None:
    found = tarfile.TarInfo(name)
    found.size, found.mode = len(text.encode()), 0o755
    opened.addfile(found, io.BytesIO(text.encode()))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(
    archive: Path, digest: str, folder: Path, environment: str = "dev", *more: str
) -> "subprocess.CompletedProcess[str]":
    """`python3 -m keyless.assembly`, in an interpreter that has no package installed."""
    command: list[str | Path] = [
        sys.executable,
        "-S",
        "-m",
        "keyless.assembly",
        archive,
        "--sha256",
        digest,
        "--environment",
        environment,
        "--into",
        folder,
        *more,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def taken(folder: Path, archive: Archive, digest: str | None = None) -> "subprocess.CompletedProcess[str]":
    """As the workflow's step does it."""
    path = folder / "assembly.tar.gz"
    archive.write(path)
    return run(path, sha256(path) if digest is None else digest, folder / "taken")


def refused_by(folder: Path, archive: Archive, says: str) -> None:
    """A sentence says it, nothing is printed that isn't one, and nothing is kept."""
    answer = taken(folder, archive)
    assert answer.returncode == 1
    assert any(says in line for line in answer.stderr.splitlines()), answer.stderr
    assert all(line.startswith("keyless.assembly: ") for line in answer.stderr.splitlines()), answer.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["assembly.tar.gz"]
