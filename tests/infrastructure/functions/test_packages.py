"""What is kept of a bundle for this machine is its installed packages, and only as long as all that they come from stays."""

import shutil
import sys
from pathlib import Path

import pytest

from keyless_aurora import kept
from keyless_aurora.functions import packages, pip
from keyless_aurora.functions.bundling import BundlingError, PythonBundle
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from tests.infrastructure.functions.index import Index

Bundled = dict[str, tuple[int, bytes]]
"""Mode and content of each file."""


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PythonBundle:
    """A package with a requirement, which the index has."""
    root = tmp_path / "source"
    root.mkdir()
    (root / "__init__.py").write_text("version = 1\n")
    index = Index(tmp_path / "index", "answer = 42\n")
    (root / "requirements.txt").write_text(index.requirement)
    monkeypatch.setenv(pip.INDEX, index.url)
    return PythonBundle(root, package="ours", prefix="python")


@pytest.fixture
def built(bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundled:
    """Built once; since then the index has nothing."""
    first = build(bundle, tmp_path / "first")
    monkeypatch.setenv(pip.INDEX, (tmp_path / "empty").as_uri())
    return first


def build(bundle: PythonBundle, out: Path, platform: LambdaPlatform | None = None) -> Bundled:
    bundle.build(platform or host(), out)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): (path.stat().st_mode, path.read_bytes()) for path in files}


def test_a_second_bundle_installs_nothing_and_is_the_same(bundle: PythonBundle, built: Bundled, tmp_path: Path) -> None:
    assert "python/thing.py" in built
    assert build(bundle, tmp_path / "second") == built


def test_what_can_be_executed_still_can_when_it_was_kept(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    (packed / "bin").mkdir(parents=True)
    (packed / "bin" / "tool").touch(0o755)
    (packed / "thing.py").touch(0o644)
    packages._unpack(packages._packed(packed), tmp_path / "unpacked")
    modes = {name: (tmp_path / "unpacked" / name).stat().st_mode & 0o100 for name in ("bin/tool", "thing.py")}
    assert modes == {"bin/tool": 0o100, "thing.py": 0}


def test_a_changed_source_is_in_the_next_bundle(bundle: PythonBundle, built: Bundled, tmp_path: Path) -> None:
    (bundle.source / "__init__.py").write_text("version = 2\n")
    (bundle.source / "new.py").touch()
    second = build(bundle, tmp_path / "second")
    assert second["python/ours/__init__.py"][1] == b"version = 2\n"
    assert {name for name in second.keys() - built.keys() if "__pycache__" not in name} == {"python/ours/new.py"}


def test_another_file_of_the_same_version_is_installed(
    bundle: PythonBundle, built: Bundled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(tmp_path / "other", "answer = 43\n")
    (bundle.source / "requirements.txt").write_text(index.requirement)
    monkeypatch.setenv(pip.INDEX, index.url)
    assert build(bundle, tmp_path / "second")["python/thing.py"][1] == b"answer = 43\n"


@pytest.mark.usefixtures("built")
def test_another_python_installs_anew(bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", sys.version + " of another build")
    with pytest.raises(BundlingError, match="thing"):
        build(bundle, tmp_path / "second")


@pytest.mark.usefixtures("built")
def test_another_platform_installs_anew(bundle: PythonBundle, tmp_path: Path) -> None:
    with pytest.raises(BundlingError, match="thing"):
        build(bundle, tmp_path / "second", LambdaPlatform("another", sys.version_info[:2], (), kept=True))


def test_what_lambda_gets_is_never_a_kept_one(
    bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(bundle, tmp_path / "first", LAMBDA)
    monkeypatch.setenv(pip.INDEX, (tmp_path / "empty").as_uri())
    with pytest.raises(BundlingError, match="thing"):
        build(bundle, tmp_path / "second", LAMBDA)
    assert not (tmp_path / "cache").exists()


@pytest.mark.usefixtures("built")
def test_what_was_changed_in_the_cache_is_installed_anew(bundle: PythonBundle, tmp_path: Path) -> None:
    (file,) = (tmp_path / "cache" / "keyless-aurora").iterdir()
    file.write_bytes(file.read_bytes().replace(b"answer = 42", b"answer = 66"))
    with pytest.raises(BundlingError, match="thing"):
        build(bundle, tmp_path / "second")


def test_a_lock_file_that_is_edited_while_pip_runs_is_not_kept_under_what_it_said(
    bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, other = (bundle.source / "requirements.txt").read_text(), Index(tmp_path / "other", "answer = 66\n")
    install = pip.install

    def edited(requirements: Path, options: object, target: Path) -> None:
        requirements.write_text(other.requirement)
        monkeypatch.setenv(pip.INDEX, other.url)
        install(requirements, (), target)

    with monkeypatch.context() as patch:
        patch.setattr(pip, "install", edited)
        build(bundle, tmp_path / "first")
    (bundle.source / "requirements.txt").write_text(before)
    monkeypatch.setenv(pip.INDEX, (tmp_path / "index").as_uri())
    assert build(bundle, tmp_path / "second")["python/thing.py"][1] == b"answer = 42\n"


def test_without_requirements_nothing_is_amiss(bundle: PythonBundle, tmp_path: Path) -> None:
    (bundle.source / "requirements.txt").write_text("# nothing\n")
    assert build(bundle, tmp_path / "first") == build(bundle, tmp_path / "second")
    shutil.rmtree(tmp_path / "cache")
    assert kept.take("packages-") is None
