"""The servers' programs come from Debian's archive, once and whole, and where that can't be one sentence says so."""

import multiprocessing
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from keyless.rehearsal.servers.mysql import __main__ as command
from keyless.rehearsal.servers.mysql.errors import UnavailableError
from keyless.rehearsal.servers.mysql.installing import archive, cache
from keyless.rehearsal.servers.mysql.installing.install import PLUGIN, installed
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from keyless.rehearsal.servers.mysql.server import MariaDB

_NOWHERE = "http://127.0.0.1:9/debian"


def _folders(parent: Path) -> list[str]:
    return sorted(path.name for path in parent.iterdir() if path.is_dir())


def _make(folder: Path) -> None:
    with (folder.parent / "made").open("a") as made:
        made.write("x")
    (folder / "whole").touch()


def _entry(parent: Path) -> None:
    cache.entry("name", _make, parent)


def test_several_processes_at_once_make_it_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_entry, args=(tmp_path,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert (tmp_path / "made").read_text() == "x"
    assert _folders(tmp_path) == ["name"]


def test_what_failed_or_was_killed_half_way_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise UnavailableError("no")

    (tmp_path / "name.new-killed").mkdir()
    with pytest.raises(UnavailableError):
        cache.entry("name", fail, tmp_path)
    assert _folders(tmp_path) == []
    assert (cache.entry("name", _make, tmp_path) / "whole").is_file()


def test_another_series_than_ours_is_said_in_one_sentence_and_nothing_is_kept(tmp_path: Path) -> None:
    ours = installed(MARIADB)
    other = replace(MARIADB, series="10.6")
    with pytest.raises(UnavailableError) as refused:
        installed(other, tmp_path)
    assert "MariaDB 10.6 can't be rehearsed: Debian's bookworm has 10.11" in str(refused.value)
    assert _folders(tmp_path) == []
    assert (ours.root / PLUGIN).is_file()


def test_an_archive_out_of_reach_is_said_with_the_way_to_name_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(archive.MIRROR_VARIABLE, _NOWHERE)
    with pytest.raises(UnavailableError, match=r"apt-get.* failed.*KEYLESS_DEBIAN_MIRROR"):
        installed(MARIADB, tmp_path)
    assert _folders(tmp_path) == []


def test_a_machine_without_apt_is_told_in_one_sentence_and_no_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no apt-get, apt-cache, dpkg: its servers come from Debian's packages"):
        MariaDB().start()
    assert command.main() == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_debians_keys_come_from_the_distributions_own_package_where_they_are_not_installed(tmp_path: Path) -> None:
    found = archive.keys(tmp_path, tmp_path / "not installed")
    assert found.is_relative_to(tmp_path)
    assert found.stat().st_size > 10_000


def test_the_mirror_is_the_named_one_or_this_debians_or_debians(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(archive.MIRROR_VARIABLE, _NOWHERE)
    assert archive.mirror() == _NOWHERE
    monkeypatch.delenv(archive.MIRROR_VARIABLE)
    assert archive.mirror().rstrip("/").endswith("/debian")


@pytest.mark.parametrize("mode", [0o777, 0o775])
def test_no_program_is_started_from_a_folder_that_others_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = cache.folder()
    assert not stat.S_IMODE(folder.stat().st_mode) & 0o022
    folder.chmod(mode)
    with pytest.raises(UnavailableError, match="isn't this user's alone to write"):
        cache.folder()


def test_what_is_there_is_found_without_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = installed(MARIADB)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert installed(MARIADB) == before
