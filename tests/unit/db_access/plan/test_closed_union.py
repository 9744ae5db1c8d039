"""A kind of change that DDL, rendering or losses don't know, or that says nothing of itself, is found by the type checker."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
ENGINE = Path("bootstrap_lambda", "db_access")
FACTS = ", scope=Scope.CLUSTER, keeps_data=True"


def add(kind: str, facts: str, union: str, folder: Path) -> None:
    """One more kind of change, in the engine in `folder`."""
    kinds = folder / ENGINE / "plan" / "changes" / f"{union.removesuffix('Change').lower()}s.py"
    head, definition, members = kinds.read_text().rpartition(f"{union} = ")
    members = members.replace("(\n", f"(\n    {kind} |", 1) if members.startswith("(") else f"{kind} | {members}"
    new = f"@dataclass(frozen=True)\nclass {kind}(Step{facts}):\n    name: str\n\n\n"
    kinds.write_text(f"{head}{new}{definition}{members}")


def checked(folder: Path) -> list[str]:
    """What mypy finds in DDL and rendering, as `file: message`."""
    files = [ENGINE / "plan" / "render" / "lines.py", ENGINE / "postgresql" / "ddl" / "statements.py"]
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", f"--cache-dir={folder / 'cache'}"]
    found = subprocess.run([*mypy, *map(str, files)], cwd=folder, capture_output=True, text=True, check=False)
    return [line.removeprefix(f"{ENGINE}/") for line in found.stdout.splitlines()]


UNHANDLED = re.compile(r'(?P<file>[\w/]+\.py):.*"assert_never" has incompatible type "(?P<kinds>[\w |]+)"')
UNSAID = re.compile(r'plan/changes/roles\.py:.*Missing named argument "(?P<fact>\w+)"')


def test_a_kind_that_is_new_or_says_nothing_of_itself_is_a_type_error_wherever_it_matters(tmp_path: Path) -> None:
    """All in one go, since the checker takes seconds."""
    shutil.copytree(ROOT / ENGINE, tmp_path / ENGINE, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    add("NewForRoles", FACTS, "RoleChange", tmp_path)
    add("NewForObjects", FACTS, "ObjectChange", tmp_path)
    add("Silent", "", "RoleChange", tmp_path)
    found = [line for line in checked(tmp_path) if ": note:" not in line]
    unhandled = {match["file"]: {*match["kinds"].split(" | ")} for line in found if (match := UNHANDLED.match(line))}
    of_roles, of_objects = {"NewForRoles", "Silent"}, {"NewForObjects"}
    assert unhandled == {
        "plan/losses.py": of_roles | of_objects,
        **{f"{place}/roles.py": of_roles for place in ("plan/render", "postgresql/ddl")},
        **{f"{place}/objects.py": of_objects for place in ("plan/render", "postgresql/ddl")},
    }
    unsaid = {match["fact"] for line in found if (match := UNSAID.match(line))}
    assert unsaid == {"scope", "keeps_data"}
    assert len(found) == len(unhandled) + len(unsaid)
