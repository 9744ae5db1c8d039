"""Compiled files: of each module, of what is in the bundle and of nothing else, and a synth that can't make them says so."""

import os
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import aws_cdk as cdk
import pytest

from keyless_aurora.app import KeylessApp
from keyless_aurora.functions import compiled, pip
from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from tests.app.app import ACCESS
from tests.app.environments import ENVIRONMENTS
from tests.app.workload import workload
from tests.infrastructure.functions.index import Index
from tests.infrastructure.support import new_app

_UNCHECKED = (0b01).to_bytes(4, "little")
"""PEP 552: hash-based, not to be checked."""
_NOTHING_IS_COMPILED = """
import importlib.machinery, sys
def refuse(self, data, path, **_): raise AssertionError(path + " is compiled")
importlib.machinery.SourceFileLoader.source_to_code = refuse
sys.path.insert(0, sys.argv[1])
import handler, thing
print(handler.answer, thing.answer)
"""


@pytest.fixture
def function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PythonBundle:
    """A handler beside a package that it has locked."""
    index = Index(tmp_path / "index", "answer = 42\n")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "handler.py").write_text("answer = 1\n")
    (tmp_path / "source" / "requirements.txt").write_text(index.requirement)
    monkeypatch.setenv(pip.INDEX, index.url)
    return PythonBundle(tmp_path / "source")


def _run(bundle: Path) -> str:
    command = [sys.executable, "-I", "-B", "-c", _NOTHING_IS_COMPILED, str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.splitlines()[-1]


def test_a_function_compiles_nothing_when_it_starts(function: PythonBundle, tmp_path: Path) -> None:
    for out in (tmp_path / "first", tmp_path / "of what was kept"):
        function.build(host(), out)
        assert _run(out) == "1 42"
        (files := {path.name: path.read_bytes() for path in out.rglob("*.pyc")})
        assert {name.partition(".")[0] for name in files} == {"handler", "thing"}
        assert {content[4:8] for content in files.values()} == {_UNCHECKED}
        assert [name for name, content in files.items() if os.fsencode(tmp_path) in content] == []
    Path(cache_from_source(str(out / "thing.py"), optimization="")).unlink()
    assert "thing.py is compiled" in _run(out)


def test_own_code_in_place_of_a_packages_is_what_runs(function: PythonBundle, tmp_path: Path) -> None:
    (function.source / "thing.py").write_text("answer = 'ours'\n")
    function.build(host(), tmp_path / "out")
    assert _run(tmp_path / "out") == "1 ours"


def test_a_file_that_is_no_module_of_this_python_stays_as_it_is(function: PythonBundle, tmp_path: Path) -> None:
    (function.source / "template.py").write_text("{{ name }} = \n")
    (function.source / "warned.py").write_text('regex = "\\d"\n')
    function.build(host(), tmp_path / "out")
    assert (tmp_path / "out" / "template.py").read_text() == "{{ name }} = \n"
    assert {path.name.partition(".")[0] for path in tmp_path.glob("out/__pycache__/*")} == {
        "handler",
        "thing",
        "warned",
    }


def test_another_python_compiles_nothing(function: PythonBundle, tmp_path: Path) -> None:
    other = LambdaPlatform("another", (3, sys.version_info.minor + 1), ())
    function.build(other, tmp_path / "out")
    assert list((tmp_path / "out").rglob("*.pyc")) == []


def _key(bundle: PythonBundle, out: Path) -> str:
    cdk.AssetStaging.clear_asset_hash_cache()
    location = bundle.code(LAMBDA).bind(cdk.Stack(new_app(out), "S")).s3_location
    assert location is not None
    return location.object_key


def test_with_compiled_files_it_is_another_asset(
    function: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = set()
    for ours in (True, False):
        monkeypatch.setattr(LambdaPlatform, "is_ours", ours)
        keys.add(_key(function, tmp_path / "cdk.out"))
    assert len(keys) == 2


@pytest.mark.parametrize(("bundle_for", "ours"), [("lambda", False), ("lambda", True), ("host", True)])
def test_a_synth_says_what_is_deployed_without_compiled_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle_for: str, ours: bool
) -> None:
    monkeypatch.setattr(LambdaPlatform, "is_ours", ours)
    app = new_app(tmp_path / "cdk.out")
    for name, value in {"environment": "dev", "bundle_for": bundle_for}.items():
        app.node.set_context(name, value)
    composed = KeylessApp(ENVIRONMENTS, access=ACCESS, stacks=[workload]).compose(app)
    stack = composed.deployments[0].access
    assert stack is not None
    said = [entry.data for entry in stack.node.metadata if entry.type == "aws:cdk:info"]
    assert said == ([] if ours else [compiled.NONE_MADE.format(target="3.14")])
