"""What is kept in the user's cache is given back as it was, or not at all: not another's, not changed, not in CI."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keyless_aurora import kept

ROOT = Path(__file__).parents[3]
NAME, CONTENT = kept.key("thing", "a", "b"), b"what was made" * 100
NOBODY = 65534


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in kept.CI:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "keyless-aurora"


@pytest.fixture
def file(folder: Path) -> Path:
    kept.keep(NAME, CONTENT)
    assert kept.take(NAME) == CONTENT
    return folder / NAME


def test_what_was_never_kept_is_not_there() -> None:
    assert kept.take(NAME) is None


@pytest.mark.parametrize("parts", [("a",), ("ab",), ("a", "b", ""), ("", "a", "b"), ("b", "a"), ("a", "c")])
def test_every_part_counts_and_where_it_ends(parts: tuple[str, ...]) -> None:
    assert kept.key("thing", *parts) != NAME == kept.key("thing", b"a", "b")
    assert kept.key("other", "a", "b") != NAME


def test_only_its_owner_may_look(file: Path, folder: Path) -> None:
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def in_a_link(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def a_byte_more(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


def another_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"made", b"Made"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def to_nobody(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(path, NOBODY, NOBODY)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte more": a_byte_more,
    "another byte": another_byte,
    "cut": cut,
    "empty": lambda path: path.write_bytes(b""),
    "written by the group": lambda path: path.chmod(0o620),
    "written by all": lambda path: path.chmod(0o602),
    "another's": to_nobody,
    "a link": in_a_link,
    "the folder is the group's": lambda path: path.parent.chmod(0o770),
    "the folder is open": lambda path: path.parent.chmod(0o707),
    "the folder is another's": lambda path: to_nobody(path.parent),
    "the folder is a link": lambda path: in_a_link(path.parent),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_or_could_be_anothers_is_not_taken(file: Path, change: str) -> None:
    CHANGES[change](file)
    assert kept.take(NAME) is None


@pytest.mark.parametrize(
    "variable",
    [
        "CI",
        "GITHUB_ACTIONS",
        "GITLAB_CI",
        "JENKINS_URL",
        "BUILD_ID",
        "CODEBUILD_BUILD_ID",
        "TF_BUILD",
        "TEAMCITY_VERSION",
    ],
)
def test_in_ci_nothing_is_taken_or_kept(file: Path, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "1")
    assert kept.take(NAME) is None
    file.unlink()
    kept.keep(NAME, CONTENT)
    assert not file.exists()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, into which a change that somebody proposes has brought what another run kept."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    return project


@pytest.mark.parametrize("named", ["project/cache", "project", "link", "other/../project/cache"])
def test_nothing_in_the_projects_own_folder_is_believed(
    file: Path, project: Path, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "link").symlink_to(project)
    (project.parent / "other").mkdir()
    place = project.parent / named
    shutil.copytree(file.parent, place / "keyless-aurora")
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    assert kept.take(NAME) is None
    kept.keep("another", CONTENT)
    assert [path.name for path in (place / "keyless-aurora").iterdir()] == [NAME]


def test_a_relative_cache_folder_counts_as_none(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be below whatever folder a run starts in."""
    (tmp_path / "app").mkdir()
    monkeypatch.chdir(tmp_path / "app")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    assert kept.take(NAME) is None
    kept.keep(NAME, CONTENT)
    assert (tmp_path / "home" / ".cache" / "keyless-aurora" / NAME).exists()


def test_while_many_keep_it_it_is_always_there_and_whole(file: Path) -> None:
    def again(number: int) -> bytes | None:
        if number % 2:
            kept.keep(NAME, content)
        return kept.take(NAME)

    content = os.urandom(2_000_000)
    kept.keep(NAME, content)
    with ThreadPoolExecutor(8) as several:
        assert set(several.map(again, range(200))) == {content}
    assert [path.name for path in file.parent.iterdir()] == [NAME]


def test_what_was_not_used_for_longest_goes_first(file: Path) -> None:
    for number in range(kept._MOST + 5):
        path = file.parent / f"old-{number}"
        path.touch()
        os.utime(path, (number, number))
    os.utime(file, (0, 0))
    assert kept.take(NAME) == CONTENT
    kept.keep("new", CONTENT)
    left = {path.name for path in file.parent.iterdir()}
    assert len(left) == kept._MOST
    assert {NAME, "new"} < left and "old-0" not in left


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    kept.keep(NAME, CONTENT)
    assert kept.take(NAME) is None


def test_a_loop_of_links_is_no_error(folder: Path) -> None:
    folder.parent.mkdir()
    folder.symlink_to(folder.name)
    kept.keep(NAME, CONTENT)
    assert kept.take(NAME) is None


def test_a_user_without_a_home_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A uid without an account, as in a container."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    kept.keep(NAME, CONTENT)
    assert kept.take(NAME) is None


@pytest.mark.parametrize("named", [True, False])
def test_make_clean_removes_it(tmp_path: Path, file: Path, named: bool) -> None:
    """In a copy of the Makefile's folder, since it removes more."""
    (tmp_path / "copy").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path / "copy")
    if not named:
        os.renames(file.parent, tmp_path / ".cache" / "keyless-aurora")
    variables = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if named else {"HOME": str(tmp_path)}
    environment = {"PATH": os.environ["PATH"], **variables}
    subprocess.run(["make", "clean"], cwd=tmp_path / "copy", env=environment, check=True, capture_output=True)
    assert not list(tmp_path.rglob("keyless-aurora"))
