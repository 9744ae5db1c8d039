"""Everything that is installed is named with its version and the hashes of its files, and all lists agree."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.lock import OLDEST_PYTHON, sources
from tests.guard import is_users
from tests.infrastructure.support import ROOT


def _yours(path: Path) -> bool:
    return is_users(path.relative_to(ROOT).as_posix())


SOURCES = [source for source in sources() if not _yours(source)]
LOCKS = [source.with_suffix(".txt") for source in SOURCES]
TEMPLATE = ROOT / "keyless" / "init" / "template" / "app"
"""An app that `keyless init` writes, which has locks of its own."""
PEERS = ROOT / "bench" / "cold_start" / "peers"
"""What the bench measures the client beside, for this machine: nothing of it is deployed."""
BUNDLES = [lock for lock in LOCKS if lock.parent not in (ROOT, TEMPLATE, PEERS)]
NPM = [
    ROOT / folder / "package-lock.json"
    for folder in (".", "tests/iam", "tests/matrix", "tests/rehearsal/endpoints/clients", "tests/report/browser")
]


@dataclass(frozen=True)
class Locked:
    """An entry of a lock file."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def release(self) -> str:
        return f"{canonicalize_name(self.requirement.name)}{self.requirement.specifier}"


def entries(lock: Path) -> Iterator[Locked]:
    """Of each line that isn't a comment, continued ones taken as one."""
    text = re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(str.strip, text.splitlines()):
        requirement, *hashes = line.split("--hash=")
        yield Locked(Requirement(requirement), frozenset(map(str.strip, hashes)))


def named(source: Path) -> Iterator[Requirement]:
    lines = (line.partition("#")[0].strip() for line in source.read_text().splitlines())
    yield from (Requirement(line) for line in lines if line and not line.startswith("-r "))


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("lock", LOCKS, ids=ids(LOCKS))
def test_each_package_has_one_version_and_hashes(lock: Path) -> None:
    for entry in entries(lock):
        assert re.fullmatch(r"==[\w.]+", str(entry.requirement.specifier)), entry.requirement
        assert entry.hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", hash) for hash in entry.hashes), entry


@pytest.mark.parametrize("source", SOURCES, ids=ids(SOURCES))
def test_what_is_named_is_locked_in_that_version(source: Path) -> None:
    locked = {entry.release for entry in entries(source.with_suffix(".txt"))}
    for requirement in named(source):
        assert f"{canonicalize_name(requirement.name)}{requirement.specifier}" in locked, "run make lock"


def test_each_requirements_file_is_locked_from_one_written_by_hand() -> None:
    there = [path for path in ROOT.rglob("requirements*.txt") if not {".venv", "node_modules"} & set(path.parts)]
    assert sorted(path for path in there if not _yours(path)) == sorted(LOCKS)


def test_all_files_have_the_same_release_of_a_package_with_the_same_hashes() -> None:
    releases: dict[str, set[Locked]] = {}
    for entry in (entry for lock in LOCKS for entry in entries(lock)):
        releases.setdefault(canonicalize_name(entry.requirement.name), set()).add(entry)
    assert {name for name, found in releases.items() if len({(e.release, e.hashes) for e in found}) > 1} == set()


def test_the_synth_s_packages_are_among_the_developers() -> None:
    synth, dev = ({entry.release for entry in entries(ROOT / f"requirements{name}.txt")} for name in ("", "-dev"))
    own = [lock for lock in BUNDLES if not lock.is_relative_to(TEMPLATE)]
    bundles = {entry.release for lock in own for entry in entries(lock)}
    assert bundles < synth < dev


@pytest.mark.parametrize("lock", BUNDLES, ids=ids(BUNDLES))
def test_a_bundle_doesnt_depend_on_the_python_that_makes_it(lock: Path) -> None:
    """pip takes markers from the Python that runs it, also when it installs for another."""
    for entry in entries(lock):
        assert "python" not in str(entry.requirement.marker or ""), f"name {entry.requirement.name} in requirements.in"


def test_what_the_project_is_built_with_is_locked_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["build-system"]["requires"]) <= {
        entry.release for entry in entries(ROOT / "requirements-dev.txt")
    }
    assert project["project"]["requires-python"] == f">={OLDEST_PYTHON}"


def test_bundles_are_locked_before_what_includes_them(tmp_path: Path) -> None:
    for folder in ("z/mine", "a", ".venv/x"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "requirements.in").touch()
    assert [path.relative_to(tmp_path).as_posix() for path in sources(tmp_path)] == [
        "a/requirements.in",
        "z/mine/requirements.in",
        "requirements.in",
        "requirements-dev.in",
    ]


@pytest.mark.parametrize("lock", NPM, ids=ids(NPM))
def test_each_npm_package_has_a_hash_and_no_script_runs_but_the_one_that_is_known(lock: Path) -> None:
    packages = {path: package for path, package in json.loads(lock.read_text())["packages"].items() if path}
    assert [path for path, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    scripts = {path for path, package in packages.items() if package.get("hasInstallScript")}
    assert all(re.fullmatch(r"node_modules/postgresql-\d+", path) for path in scripts), scripts
