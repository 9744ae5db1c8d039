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

from tests.infrastructure.support import ROOT

HASH = "ab" * 32


def assembly() -> dict[str, Any]:
    """The smallest one with a stack and an asset: file -> content."""
    return {
        "cdk.out": {"version": "55.0.0"},
        "manifest.json": {
            "version": "55.0.0",
            "artifacts": {
                "Sample.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Sample.assets.json"}},
                "Sample": {
                    "type": "aws:cloudformation:stack",
                    "environment": "aws://111122223333/eu-west-1",
                    "properties": {"templateFile": "Sample.template.json"},
                    "additionalMetadataFile": "Sample.metadata.json",
                },
            },
        },
        "Sample.template.json": {"Resources": {}},
        "Sample.metadata.json": {"/Sample": [{"type": "aws:cdk:logicalId", "data": "x"}]},
        "Sample.assets.json": {
            "version": "55.0.0",
            "files": {
                HASH: {
                    "displayName": "Code",
                    "source": {"path": f"asset.{HASH}", "packaging": "zip"},
                    "destinations": {"here": {"bucketName": "b", "objectKey": "k"}},
                }
            },
            "dockerImages": {},
        },
        f"asset.{HASH}/handler.py": "pass\n",
    }


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


def member(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, target
    return found


def _add(opened: tarfile.TarFile, name: str, text: str) -> None:
    found = tarfile.TarInfo(name)
    found.size, found.mode = len(text.encode()), 0o755
    opened.addfile(found, io.BytesIO(text.encode()))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(archive: Path, digest: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """`python3 -m keyless.assembly`, in an interpreter that has no package installed."""
    command: list[str | Path] = [
        sys.executable,
        "-S",
        "-m",
        "keyless.assembly",
        archive,
        "--sha256",
        digest,
        "--into",
        folder,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
