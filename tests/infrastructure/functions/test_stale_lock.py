"""A forgotten `make lock` fails every synth: what requirements.in names is in no bundle that the lock doesn't have."""

from pathlib import Path

import pytest

from keyless_aurora.functions.bundling import BundlingError, PythonBundle
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.functions.stale_lock import stale

HASH = f"--hash=sha256:{'0a' * 32}"
LOCKED = f"python-ulid==3.1.0 \\\n    {HASH}\ntyping-extensions==4.16.0 ; python_version < '3.13' \\\n    {HASH}\n"


def write(folder: Path, wanted: str, lock: str | None) -> Path:
    (folder / "requirements.in").write_text(wanted)
    if lock is not None:
        (folder / "requirements.txt").write_text(lock)
    return folder


@pytest.mark.parametrize(
    "wanted",
    [
        "# only a comment\n",
        "python-ulid",
        "Python_ULID  # another spelling of the name",
        "python.ulid==3.1.0",
        "python-ulid==3.1",
        "python-ulid[pydantic] >= 3, < 4",
        "python-ulid \\\n  ==3.1.0",
        "typing-extensions==4.16.0",
        "gone; python_version < '3'",
        "-c constraints.txt\n--index-url https://example.com/simple\npython-ulid",
    ],
)
def test_a_lock_that_make_lock_would_write_again_is_not_stale(tmp_path: Path, wanted: str) -> None:
    assert [*stale(write(tmp_path, wanted, LOCKED))] == []


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        ("sqlalchemy", ["sqlalchemy"]),
        ("SQL_Alchemy[asyncio]>=2 # the ORM", ["sql-alchemy"]),
        ("sqlalchemy ~= 2.0; sys_platform == 'linux'", ["sqlalchemy"]),
        ("sqlalchemy @ https://files.example/sqlalchemy.whl", ["sqlalchemy"]),
        ("python-ulid==3.2.0", ["python-ulid 3.2.0"]),
        ("typing-extensions\nb\na==1", ["b", "a"]),
        ("-r more.in\npython-ulid", ["pytz"]),
        ("--requirement=more.in", ["pytz"]),
    ],
)
def test_what_the_lock_does_not_have_is_named(tmp_path: Path, wanted: str, missing: list[str]) -> None:
    (tmp_path / "more.in").write_text("pytz\n-r requirements.in\n")
    assert [*stale(write(tmp_path, wanted, LOCKED))] == missing


def test_a_lock_without_what_it_is_made_from_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(LOCKED)
    assert [*stale(tmp_path)] == []


@pytest.mark.parametrize(("lock", "says"), [(None, "isn't there"), ("# nothing\n", "doesn't")])
def test_a_forgotten_lock_is_refused_when_a_stack_takes_the_code_and_when_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str | None, says: str
) -> None:
    """Whether or not the CDK builds it: an asset that it has already is not built again."""
    monkeypatch.chdir(tmp_path)
    bundle = PythonBundle(write(tmp_path, "sqlalchemy\n", lock))
    said = f"can't install requirements.in: it names sqlalchemy, and the requirements.txt beside it {says}; `make lock`"
    for taken in (lambda: bundle.code(LAMBDA), lambda: bundle.build(LAMBDA, tmp_path / "out")):
        with pytest.raises(BundlingError) as refused:
            taken()
        assert str(refused.value).startswith(said)


def test_what_is_no_text_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "requirements.in").write_bytes(b"\xff")
    with pytest.raises(BundlingError, match=r"requirements\.in is not a text in UTF-8"):
        PythonBundle(tmp_path).code(LAMBDA)
