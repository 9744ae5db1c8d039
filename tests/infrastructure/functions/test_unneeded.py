"""What is left out of our own bundles: it is there, nothing imports it, and other Pythons keep what they need."""

import subprocess
import sys
import sysconfig
from importlib.metadata import requires
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from keyless_aurora.functions.own_bundles import CLIENT, ENGINE
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform
from keyless_aurora.functions.unneeded import Unneeded

PACKAGES = Path(sysconfig.get_path("purelib"))
_ALL = [(bundle.package, part) for bundle in (ENGINE, CLIENT) for part in bundle.unneeded]
_EVERY_MODULE = """
import importlib, pkgutil, sys
package, *left_out = sys.argv[1:]
class Refuse:
    def find_spec(self, name, *_):
        if any(name == gone or name.startswith(gone + ".") for gone in left_out):
            raise ModuleNotFoundError(name + " was left out")
sys.meta_path.insert(0, Refuse())
for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


@pytest.mark.parametrize(("package", "part"), _ALL, ids=lambda value: getattr(value, "pattern", value))
def test_what_is_left_out_is_there(package: str, part: Unneeded) -> None:
    assert list(PACKAGES.glob(part.pattern)), f"{package}: {part.pattern} matches nothing; {part.why}"


@pytest.mark.parametrize("package", ["db_access", "keyless_client"])
def test_no_module_of_ours_imports_what_is_left_out(package: str) -> None:
    here = (part for of, part in _ALL if of == package and sys.version_info[:2] >= part.since)
    paths = [path.relative_to(PACKAGES) for part in here for path in PACKAGES.glob(part.pattern)]
    names = [".".join(path.with_suffix("").parts) for path in paths if path.suffix in ("", ".py")]
    assert names
    command = [sys.executable, "-c", _EVERY_MODULE, package, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_the_packages_say_up_to_which_python_they_need_it() -> None:
    (part,) = [part for _, part in _ALL if part.since > (3, 0)]
    asked = [Requirement(line) for line in requires("psycopg") or () if line.startswith("typing-extensions")]
    assert part.pattern == "typing_extensions*"
    assert {
        minor
        for minor in range(11, 16)
        for one in asked
        if one.marker and one.marker.evaluate({"python_version": f"3.{minor}", "extra": ""})
    } == {11, 12}


def test_it_goes_with_its_compiled_file_and_only_where_it_is_not_needed(tmp_path: Path) -> None:
    part = Unneeded("thing*", why="a test", since=(3, 13))
    (tmp_path / "thing-1.0.dist-info").mkdir()
    for path in (module := tmp_path / "thing.py", kept := tmp_path / "other.py"):
        path.touch()
    compiled = Path(cache_from_source(str(module), optimization=""))
    compiled.parent.mkdir()
    compiled.touch()
    part.remove(tmp_path, LambdaPlatform("older", (3, 12), ()))
    assert module.exists()
    part.remove(tmp_path, LAMBDA)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    assert not (tmp_path / "thing-1.0.dist-info").exists()
