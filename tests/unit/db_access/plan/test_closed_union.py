"""A kind of change that DDL, rendering or losses don't know, or that says nothing of itself, is found by the type checker."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
ENGINE = Path("bootstrap_lambda", "db_access")
FACTS = ", scope=Scope.CLUSTER, keeps_data=True"


def checked(folder: Path, facts: str, union: str) -> list[str]:
    """What mypy finds in DDL and rendering when the engine has one more kind of change, as `file: message`."""
    shutil.copytree(ROOT / ENGINE, folder / ENGINE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    kinds = folder / ENGINE / "plan" / "changes" / f"{union.removesuffix('Change').lower()}s.py"
    text = kinds.read_text()
    head, definition, members = text.rpartition(f"{union} = ")
    members = members.replace("(\n", "(\n    Renamed |", 1) if members.startswith("(") else f"Renamed | {members}"
    new = f"@dataclass(frozen=True)\nclass Renamed(Step{facts}):\n    name: str\n\n\n"
    kinds.write_text(f"{head}{new}{definition}{members}")
    files = [ENGINE / "plan" / "render" / "lines.py", ENGINE / "postgresql" / "ddl" / "statements.py"]
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", f"--cache-dir={folder / 'cache'}"]
    found = subprocess.run([*mypy, *map(str, files)], cwd=folder, capture_output=True, text=True, check=False)
    return [line.removeprefix(f"{ENGINE}/") for line in found.stdout.splitlines()]


@pytest.mark.parametrize(("union", "module"), [("RoleChange", "roles"), ("ObjectChange", "objects")])
def test_a_kind_without_ddl_words_or_losers_is_a_type_error_in_each(tmp_path: Path, union: str, module: str) -> None:
    found = checked(tmp_path, FACTS, union)
    places = {"plan/losses.py", f"plan/render/{module}.py", f"postgresql/ddl/{module}.py"}
    assert {line.partition(":")[0] for line in found} == places
    assert all('"assert_never" has incompatible type "Renamed"' in line for line in found)


def test_a_kind_that_says_nothing_of_itself_is_a_type_error(tmp_path: Path) -> None:
    found = checked(tmp_path, "", "RoleChange")
    assert any('Missing named argument "scope"' in line for line in found)
    assert any('Missing named argument "keeps_data"' in line for line in found)
