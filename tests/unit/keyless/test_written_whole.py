"""Results are written whole or not at all, and to nothing that holds something else."""

import os
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from keyless.output_file import json_file, write_whole


def test_a_file_is_replaced_as_a_whole_with_its_mode_and_by_its_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.json", tmp_path / "link"
    link.symlink_to(file)
    write_whole(link, "{}\n")
    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()
    file.chmod(0o640)
    before = file.stat().st_ino
    write_whole(link, '{"a": 1}\n')
    assert file.read_text() == '{"a": 1}\n' and link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640 and file.stat().st_ino != before
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_where_it_cannot_be_written_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_whole(file, "{}\n")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "half \ud800")
    assert file.read_text() == "{}\n" and [*tmp_path.iterdir()] == [file]


def test_what_is_no_file_is_written_to() -> None:
    reader, writer = os.pipe()
    write_whole(Path(f"/proc/self/fd/{writer}"), "{}\n")
    assert os.read(reader, 10) == b"{}\n"
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize(
    ("text", "taken"), [("", True), (' \n{"lines": []}', True), ("version: 1\n", False), ("[", False)]
)
def test_json_takes_the_place_of_json_alone(tmp_path: Path, text: str, taken: bool) -> None:
    file = tmp_path / "file"
    assert json_file(str(file)) == file
    file.write_text(text)
    if taken:
        assert json_file(str(file)) == file
    else:
        with pytest.raises(ArgumentTypeError, match="something else in it than JSON"):
            json_file(str(file))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
