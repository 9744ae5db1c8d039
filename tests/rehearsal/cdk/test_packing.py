"""What is packed for the cdk command line: all that is in an asset's folder, and no other asset."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.cdk.packing import CACHE, pack


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """With a folder and a file as assets."""
    folder = tmp_path / "asset.one"
    (folder / "package").mkdir(parents=True)
    (folder / "package" / "thing.py").write_text("answer = 42\n")
    (folder / "tool").touch(0o755)
    (tmp_path / "asset.two.zip").touch()
    sources: dict[str, dict[str, Any]] = {
        "one": {"path": "asset.one", "packaging": "zip"},
        "two": {"path": "asset.two.zip", "packaging": "file"},
    }
    manifest = {"files": {id: {"source": source} for id, source in sources.items()}}
    (tmp_path / "Stack.assets.json").write_text(json.dumps(manifest))
    return tmp_path


def test_a_folder_is_packed_whole_with_what_may_be_executed(assembly: Path) -> None:
    pack(assembly)
    (packed,) = (assembly / CACHE).iterdir()
    assert packed.name == "one.zip"
    with zipfile.ZipFile(packed) as archive:
        assert {entry.filename: entry.external_attr >> 16 & 0o111 for entry in archive.infolist()} == {
            "package/thing.py": 0,
            "tool": 0o111,
        }
        assert archive.read("package/thing.py") == b"answer = 42\n"


def test_a_folder_with_a_link_is_left_to_the_command_line(assembly: Path) -> None:
    (assembly / "asset.one" / "link").symlink_to("package")
    pack(assembly)
    assert not (assembly / CACHE).exists()
