"""What is measured, and where its packages are."""

import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.own_bundles import CLIENT
from keyless_aurora.functions.platform import LAMBDA, host

_ROOT: Final = Path(__file__).parents[2]
_PEERS: Final = PythonBundle(Path(__file__).parent / "peers")


@dataclass(frozen=True)
class Contender:
    name: str
    app: str
    in_layer: bool = False
    """Whether its packages are the layer's; others' are in a folder with all of theirs."""


FLOOR: Final = Contender("psycopg alone", "bare", in_layer=True)
OURS: Final = Contender("keyless_client", "keyless", in_layer=True)
ALL: Final = (
    FLOOR,
    OURS,
    Contender("psycopg, boto3", "psycopg_boto3"),
    Contender("pg8000, boto3", "pg8000_boto3"),
    Contender("asyncpg, boto3", "asyncpg_boto3"),
    Contender("aws-advanced-python-wrapper, psycopg", "aws_wrapper"),
)


@dataclass(frozen=True)
class Places:
    """The folders of packages, with compiled files, as a function has them."""

    layer: Path
    peers: Path

    @classmethod
    def made(cls, folder: Path) -> "Places":
        folder.mkdir()
        CLIENT.build(host(), folder / "layer")
        _PEERS.build(host(), folder / "peers")
        return cls(folder / "layer" / "python", folder / "peers")

    def paths(self, contender: Contender) -> list[str]:
        return [str(self.layer if contender.in_layer else self.peers), str(_ROOT)]


@dataclass(frozen=True)
class LayerSize:
    """In MB of 10^6 bytes."""

    unpacked: float
    libraries: float
    """Of that, shared libraries."""
    packed: float
    """As the archive that Lambda stores and loads."""


def layer_size(folder: Path) -> LayerSize:
    """The layer's for Lambda, made in `folder`."""
    CLIENT.build(LAMBDA, folder)
    sizes = {path: path.stat().st_size / 1e6 for path in folder.rglob("*") if path.is_file()}
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for path in sizes:
            packed.write(path, path.relative_to(folder))
    libraries = sum(size for path, size in sizes.items() if ".so" in path.suffixes)
    return LayerSize(sum(sizes.values()), libraries, len(archive.getvalue()) / 1e6)


def command(job: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-B", str(Path(__file__).with_name("measured.py")), job]


def run(job: str, settings: dict[str, str]) -> str:
    return subprocess.check_output(command(job), env=settings, text=True)
