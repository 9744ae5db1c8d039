"""What differs from the reviewed files is named, shown, and accepted by one command."""

from pathlib import Path

import pytest

from keyless_aurora.testing import Reviewed

ACCEPT = "UPDATE_SNAPSHOTS=1 make it"


@pytest.fixture
def reviewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reviewed:
    """Two reviewed files."""
    monkeypatch.delenv("UPDATE_SNAPSHOTS", raising=False)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "rights.txt").write_text("a | reads\nb | reads\n")
    (tmp_path / "access.txt").write_text("database app\n")
    return Reviewed(tmp_path, accept=ACCEPT)


SAME = {"dev/rights.txt": "a | reads\nb | reads\n", "access.txt": "database app\n"}


def said(reviewed: Reviewed, files: dict[str, str]) -> str:
    with pytest.raises(AssertionError) as raised:
        reviewed.assert_same(files)
    return str(raised.value)


def test_what_is_as_reviewed_passes(reviewed: Reviewed) -> None:
    reviewed.assert_same(SAME)


@pytest.mark.parametrize(
    ("files", "shown"),
    [
        ({**SAME, "qa/rights.txt": "c | reads\n"}, "qa/rights.txt: new, nobody has reviewed it"),
        ({"access.txt": "database app\n"}, "dev/rights.txt: stale, the app makes no such file any more"),
        ({**SAME, "dev/rights.txt": "a | reads\nb | writes\n"}, "    -b | reads\n    +b | writes"),
        ({**SAME, "access.txt": "database app"}, "access.txt: differs"),
    ],
)
def test_what_differs_is_named_and_shown_with_the_command_that_accepts_it(
    reviewed: Reviewed, files: dict[str, str], shown: str
) -> None:
    text = said(reviewed, files)
    assert shown in text
    assert text.startswith(f"1 file(s) in {reviewed.folder} are not as reviewed.")
    assert f"\n    {ACCEPT}\n" in text


def test_a_long_difference_is_cut_and_says_so(reviewed: Reviewed) -> None:
    text = said(reviewed, {**SAME, "access.txt": "".join(f"line {n}\n" for n in range(500))})
    assert "lines more" in text
    assert len(text.splitlines()) < 60


def test_accepting_makes_the_folder_what_there_is(reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"dev/rights.txt": "a | reads\n", "qa/rights.txt": "c | reads\n"}
    with monkeypatch.context() as accepting:
        accepting.setenv("UPDATE_SNAPSHOTS", "1")
        reviewed.assert_same(now)
    reviewed.assert_same(now)
    assert not (reviewed.folder / "access.txt").exists()


def test_the_first_time_there_is_no_folder(reviewed: Reviewed) -> None:
    assert "access.txt: new" in said(Reviewed(reviewed.folder / "none", accept=ACCEPT), SAME)
