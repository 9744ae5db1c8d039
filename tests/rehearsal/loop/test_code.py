"""The code that the loop puts in place of a deployed function's."""

import io
import zipfile
from importlib.util import cache_from_source
from pathlib import Path
from unittest.mock import Mock

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.loop.code import Source


def test_a_replaced_module_loses_its_compiled_file(tmp_path: Path) -> None:
    """Python would take it without looking at the module."""
    for name in ("handler.py", "gone.py", "package/thing.py"):
        for path in (tmp_path / name, Path(cache_from_source(str(tmp_path / name)))):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    source = Source(Mock(Client), tmp_path, tmp_path, {"handler.py": b"", "gone.py": b""}, "")
    with zipfile.ZipFile(io.BytesIO(source.archive({"handler.py": b"new", "own/new.py": b""}))) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        assert archive.read("handler.py") == b"new"
    kept = Path(cache_from_source("package/thing.py")).as_posix()
    assert names == {"handler.py", "own/new.py", "package/thing.py", kept}
