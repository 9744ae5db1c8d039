"""What packages put into a bundle: a digest for each, from its files as they lie there."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

BY_PIP = {"RECORD", "INSTALLER", "REQUESTED"}
"""What pip writes itself, and may write otherwise in its next version."""


def packages(root: Path) -> dict[str, str]:
    """The digest of each package under `root`, by name and version."""
    return {info.name.removesuffix(".dist-info"): _digest(root, info) for info in root.glob("*.dist-info")}


def strangers(root: Path, package: str) -> list[str]:
    """The files under `root` that belong neither to a package nor to `package`, which is ours."""
    known = {path for info in root.glob("*.dist-info") for path in _recorded(info)}
    there = (_module(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return sorted(str(path) for path in there if path.parts[0] != package and str(path) not in known)


def _module(path: Path) -> Path:
    """Of a compiled file; any other as it is."""
    return path.parents[1] / f"{path.name.partition('.')[0]}.py" if path.suffix == ".pyc" else path


def _recorded(info: Path) -> Iterator[str]:
    with (info / "RECORD").open(newline="") as record:
        yield from (path for path, *_ in csv.reader(record))


def _digest(root: Path, info: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(_recorded(info)):
        if Path(path).name not in BY_PIP and (root / path).is_file():  # some are left out on purpose
            content = (root / path).read_bytes()
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
