"""Each function loads its own engine family, and needs no other's driver."""

import subprocess
import sys
from pathlib import Path

import pytest

from db_access.families import FamilyError, family
from db_access.family import Family

ROOT = Path(__file__).parents[3]
ENTRIES = ("handler", "watch", "rotation")
_LOAD = """
import sys
sys.modules[{missing!r}] = None  # as where it isn't installed
from db_access import {entry}
print(sorted(name for name in sys.modules if name in ("db_access.postgresql", "db_access.mysql")))
"""


def loaded(entry: str, *, missing: str, **variables: str) -> str:
    """The families that an entry point has loaded, in a process of its own."""
    roots = ":".join(str(ROOT / part) for part in ("bootstrap_lambda", "client"))
    found = subprocess.run(
        [sys.executable, "-c", _LOAD.format(entry=entry, missing=missing)],
        env={"PYTHONPATH": roots, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_function_of_postgresql_needs_no_pymysql(entry: str) -> None:
    assert loaded(entry, missing="pymysql") == "['db_access.postgresql']"


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_function_of_mysql_loads_nothing_of_postgresql(entry: str) -> None:
    assert (
        loaded(entry, missing="db_access.postgresql", DB_ENGINE_FAMILY="mysql")
        == "['db_access.mysql', 'db_access.postgresql']"
    )


def test_who_says_nothing_has_postgresql() -> None:
    assert type(family({})) is type(family({"DB_ENGINE_FAMILY": "postgresql"}))


def test_each_has_all_that_the_entry_points_ask_for() -> None:
    """As the type checker sees it, too."""
    for name in ("postgresql", "mysql"):
        found: Family = family({"DB_ENGINE_FAMILY": name})
        asked = {member for member in vars(Family) if not member.startswith("_")}
        assert {member for member in asked if not hasattr(found, member)} == set()


@pytest.mark.parametrize("name", ["", "MySQL", "mariadb", "oracle"])
def test_a_family_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(FamilyError, match="so nothing was done; allowed: postgresql, mysql, or absent"):
        family({"DB_ENGINE_FAMILY": name})
