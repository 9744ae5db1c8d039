"""What pip installs is decided by the hashes alone: not by an index, and not by how pip is configured here."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keyless_aurora.functions.lock_file import NotLockedError
from keyless_aurora.functions.pip import INDEX, PipError, install
from tests.infrastructure.functions.index import WHEEL, Index

GENUINE, SWAPPED = "answer = 42\n", "answer = 666\n"


@pytest.fixture
def genuine(tmp_path: Path) -> Index:
    return Index(tmp_path / "genuine", GENUINE)


@pytest.fixture
def requirements(tmp_path: Path, genuine: Index) -> Path:
    """A lock file that allows the genuine wheel."""
    path = tmp_path / "requirements.txt"
    path.write_text(genuine.requirement)
    return path


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that is asked, unless a test says another: it has nothing."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(INDEX, (tmp_path / "empty").as_uri())


def test_a_company_s_index_is_asked_when_the_environment_says_so(
    genuine: Index, requirements: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX, genuine.url)
    install(requirements, (), out)
    assert (out / "thing.py").read_text() == GENUINE


def test_a_swapped_wheel_of_the_same_version_is_refused_by_name(
    tmp_path: Path, requirements: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX, Index(tmp_path / "swapped", SWAPPED).url)
    with pytest.raises(PipError) as refused:
        install(requirements, (), out)
    assert f"thing==1.0 from {tmp_path.as_uri()}/swapped/thing/{WHEEL}" in str(refused.value)
    assert f"(from -r {requirements} (line 1))" in str(refused.value)
    assert "`make lock` would trust it, so find out why first" in str(refused.value)
    assert not out.exists()


@pytest.mark.parametrize("line", ["thing==1.0\n", "thing\n", "thing>=1.0\n"])
def test_a_requirement_without_a_hash_is_refused_with_what_to_run(
    genuine: Index, requirements: Path, out: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX, genuine.url)
    requirements.write_text(line)
    with pytest.raises(NotLockedError) as refused:
        install(requirements, (), out)
    assert "line 1: `thing…`" in str(refused.value)
    assert f"Name the package in {requirements.with_suffix('.in')} and run `make lock`" in str(refused.value)


def test_a_file_that_names_nothing_installs_nothing(requirements: Path, out: Path) -> None:
    requirements.write_text("# nothing\n")
    install(requirements, (), out)
    assert list(out.iterdir()) == []


def _by_file(path: Path, option: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[global]\n{option}\n")


def _in_a_variable(index: Index, _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index.url)


def _as_a_folder_of_wheels(index: Index, _: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.wheels))


def _in_a_named_file(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _by_file(folder / "pip.conf", f"extra-index-url = {index.url}")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(folder / "pip.conf"))


def _in_the_user_s_file(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (folder / "pip/pip.conf", folder / "Library/Application Support/pip/pip.conf"):
        _by_file(path, f"extra-index-url = {index.url}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("HOME", str(folder))


def _in_the_machine_s_file(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _by_file(folder / "pip" / "pip.conf", f"extra-index-url = {index.url}")
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder))
    for name in ("HOME", "XDG_CONFIG_HOME"):  # a user's file goes before it
        monkeypatch.setenv(name, str(folder / "nobody"))


def _in_the_environment_s_file(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (packages,) = {path for path in map(Path, sys.path) if (path / "pip" / "__main__.py").exists()}
    (site / "ours.pth").write_text(f"{packages}\n")
    _by_file(folder / "pip.conf", f"extra-index-url = {index.url}")
    monkeypatch.setattr(sys, "executable", str(folder / "bin" / "python"))


WAYS = (
    _in_a_variable,
    _as_a_folder_of_wheels,
    _in_a_named_file,
    _in_the_user_s_file,
    _in_the_machine_s_file,
    _in_the_environment_s_file,
)


@pytest.mark.parametrize("configure", WAYS, ids=[way.__name__.strip("_") for way in WAYS])
def test_what_pip_is_configured_to_do_here_adds_no_index(
    genuine: Index,
    requirements: Path,
    out: Path,
    tmp_path: Path,
    configure: Callable[[Index, Path, pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wheel is genuine, so only asking nobody but the index that was said keeps it out."""
    configure(genuine, tmp_path / "configuration", monkeypatch)
    with pytest.raises(PipError, match=r"No matching distribution found for thing==1\.0"):
        install(requirements, (), out)


def test_no_other_pip_is_run(
    genuine: Index, requirements: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the current folder's nor PYTHONPATH's."""
    (tmp_path / "planted" / "pip").mkdir(parents=True)
    (tmp_path / "planted" / "pip" / "__init__.py").touch()
    (tmp_path / "planted" / "pip" / "__main__.py").write_text("raise SystemExit('planted')\n")
    monkeypatch.chdir(tmp_path / "planted")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "planted"))
    monkeypatch.setenv(INDEX, genuine.url)
    install(requirements, (), out)
    assert (out / "thing.py").exists()


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of Python, something that shows what it was given, and fails."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n(echo "arguments: $*"; env | grep ^PIP_) >&2\nexit 1\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))


@pytest.mark.usefixtures("shown")
def test_without_an_index_of_ours_pip_asks_its_default(
    requirements: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(INDEX)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    with pytest.raises(PipError) as failure:
        install(requirements, (), out)
    assert str(failure.value).splitlines()[1:] == ["PIP_CONFIG_FILE=/dev/null"]
    assert "--index-url" not in str(failure.value)


@pytest.mark.usefixtures("shown")
def test_the_index_s_password_is_no_argument(requirements: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every user of the machine can read another's arguments."""
    monkeypatch.setenv(INDEX, "https://someone:s3cret@index.example/simple")
    with pytest.raises(PipError) as failure:
        install(requirements, (), out)
    arguments, *rest = str(failure.value).splitlines()
    assert "s3cret" not in arguments
    assert "PIP_INDEX_URL=https://someone:s3cret@index.example/simple" in rest
