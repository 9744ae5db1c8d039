"""No kind of right that PostgreSQL has is unknown here, and each is treated as docs/rights.md says."""

import os
from pathlib import Path

import pytest
from psycopg.errors import SyntaxError as SyntaxError_
from psycopg.errors import UndefinedObject

from db_access.plan.report import Evidence
from db_access.postgresql import reconcile
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import Database
from tests.database.engine import connect_as_master, converge, make_tables, run, spec
from tests.database.rights.facts import facts
from tests.database.rights.kinds import KINDS, PLANNED, PROVEN, TOLD, Kind, page

PAGE = Path(__file__).parents[3] / "docs/rights.md"
SAMPLE = spec().as_properties()
QUIET = spec(databases=[*SAMPLE["databases"], *({"name": n, "public": "open"} for n in ("postgres", "template1"))])


def known(major: int, kinds: tuple[Kind, ...] = KINDS) -> set[str]:
    dated = (fact.partition("@") for kind in kinds if kind.since <= major for fact in kind.facts)
    return {fact for fact, _, since in dated if int(since or 0) <= major}


@pytest.fixture(scope="module")
def server(postgres: Postgres) -> tuple[int, set[str]]:
    """Its major version and its facts."""
    with postgres.connect() as connection:
        return connection.info.server_version // 10000, facts(connection)


def test_every_kind_of_right_of_this_server_is_named(server: tuple[int, set[str]]) -> None:
    major, found = server
    assert found - known(major) == set(), "PostgreSQL has rights that tests/database/rights/kinds.py doesn't name"


def test_no_kind_is_named_that_this_server_does_not_have(server: tuple[int, set[str]]) -> None:
    major, found = server
    assert known(major) - found == set()


@pytest.mark.parametrize("taken", [kind for kind in KINDS if kind.facts], ids=lambda kind: kind.name)
def test_a_kind_that_is_not_named_would_be_missed(server: tuple[int, set[str]], taken: Kind) -> None:
    major, found = server
    rest = tuple(kind for kind in KINDS if kind is not taken)
    assert bool(found - known(major, rest)) == (taken.since <= major)


def test_the_page_is_what_the_kinds_say() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "docs/rights.md is out of date: UPDATE_SNAPSHOTS=1 make database"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.by_hand], ids=lambda kind: kind.name)
def test_a_right_given_by_hand_is_treated_as_the_page_says(database: Database, kind: Kind) -> None:
    converge(database, QUIET)
    make_tables(database)
    converge(database, QUIET)
    before = _evidence(database)
    assert before.holds and not before.warnings
    with database.connect("rdsadmin") as connection:
        if connection.info.server_version // 10000 < kind.since:
            with pytest.raises((SyntaxError_, UndefinedObject)):
                run(database, "rdsadmin", *kind.by_hand)
            return
    run(database, "rdsadmin", *kind.by_hand)
    try:
        found = _evidence(database)
    finally:
        run(database, "rdsadmin", *kind.undo)
    # What only a superuser can take is a conflict, what only its grantor can take is left.
    assert bool(found.plan or found.conflicts or found.left) == (PLANNED in kind.treatments)
    assert bool(found.violations) == (PROVEN in kind.treatments)
    if TOLD in kind.treatments:
        assert any(kind.told in sentence for sentence in found.warnings), found.warnings
    else:
        assert not found.warnings


def _evidence(database: Database) -> Evidence:
    return reconcile.prove(connect_as_master(database), QUIET, "app")
