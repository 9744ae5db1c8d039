"""Packs the folders among an assembly's assets where the cdk command line looks for packed ones first.

It would compress them, which takes longer than everything else it does for an asset, and each function that starts here
would unpack them. Packed like this they are larger, and only copied. What is in them is the same.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

CACHE: Final = ".cache"
"""cdk-assets, FileAssetHandler: `.cache/ID.zip` beside the manifest."""
_BEFORE_ZIP: Final = (1980, 1, 1, 0, 0, 0)
"""As the cdk command line dates what it packs."""


def pack(assembly: Path) -> None:
    """Pack what the assembly's manifests say is a folder to be packed. One with links in it is left to the cdk command
    line."""
    for manifest in sorted(assembly.glob("*.assets.json")):
        for id, source in _folders(manifest):
            target = assembly / CACHE / f"{id}.zip"
            if not target.exists() and not any(path.is_symlink() for path in source.rglob("*")):
                target.parent.mkdir(exist_ok=True)
                _pack(source, target)


def _folders(manifest: Path) -> Iterator[tuple[str, Path]]:
    for id, asset in json.loads(manifest.read_text(encoding="utf-8")).get("files", {}).items():
        if asset["source"].get("packaging") == "zip":
            yield id, manifest.parent / asset["source"]["path"]


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _BEFORE_ZIP)
            entry.external_attr = path.stat().st_mode << 16
            archive.writestr(entry, path.read_bytes())
