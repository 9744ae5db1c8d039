"""Whatever happens between an approval and its deploy, and under the deploy's lock: exactly what was approved is done,
or nothing. What was done is read from the catalogs, not from what the engine says."""

import random
from pathlib import Path

import pytest

from db_access.errors import AccessError
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import Database, fresh_database
from tests.database.approval.deploying import Function, Watched
from tests.database.approval.facts import Facts, done, facts
from tests.database.approval.worlds import BEFORE, CHANGES, EVENTS, OTHER, prepared

SEEDS = 50
SECOND_RUN, OTHER_SPEC = "the same deploy", "a deploy of another spec"

Difference = tuple[Facts, Facts]
NOTHING = Facts(), Facts()


@pytest.fixture(scope="module")
def undisturbed(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Difference]:
    """What each change does, where nothing comes between."""
    return {change: _undisturbed(postgres, tmp_path_factory.mktemp("layer"), spec) for change, spec in CHANGES.items()}


def _undisturbed(postgres: Postgres, folder: Path, spec: AccessSpec) -> Difference:
    with fresh_database(postgres) as database, pytest.MonkeyPatch.context() as patch:
        function = Function(database, folder, patch)
        prepared(database, lambda spec: function.deploy(spec, None))
        before = _facts(database)
        function.deploy(spec, None)
        return done(before, _facts(database))


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, made.approve(spec)))
    return made


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_was_approved_is_what_runs_or_nothing_does(
    seed: int, function: Function, undisturbed: dict[str, Difference]
) -> None:
    chance = random.Random(seed)
    change, before = chance.choice([*CHANGES]), chance.choice([*BEFORE, SECOND_RUN, OTHER_SPEC])
    inside = chance.choice([*EVENTS]) if seed % 2 else "nothing"
    approved = function.approve(CHANGES[change])
    _happen(before, function, change)
    looks = [_facts(function.database)]

    def between() -> None:
        looks.append(_facts(function.database))
        EVENTS[inside](function.database)
        looks.append(_facts(function.database))

    Watched.between = between
    carried_out = _carried_out(function, CHANGES[change], approved)
    looks.append(_facts(function.database))
    *first, disturbed, ended = looks
    in_transaction, before_it = done(disturbed, ended), done(first[0], first[-1]) if first else NOTHING
    if carried_out:
        assert _both(before_it, in_transaction) in (undisturbed[change], NOTHING)
    else:
        assert in_transaction == NOTHING, "it was refused, and something was done"
        assert _roles(before_it) <= _roles(undisturbed[change]), "a login ended that was not to end"
        assert before_it == NOTHING or inside != "nothing", "a login ended though the plan was not the approved one"


def _carried_out(function: Function, spec: AccessSpec, approved: Approved) -> bool:
    try:
        function.deploy(spec, approved)
    except AccessError:
        return False
    finally:
        Watched.between = None
    return True


def _both(first: Difference, second: Difference) -> Difference:
    come, gone = first[0] + second[0], first[1] + second[1]
    return come - gone, gone - come


def _roles(difference: Difference) -> set[str]:
    return {name for what, name, *_ in difference[1] if what == "role"}


def _happen(event: str, function: Function, change: str) -> None:
    if event == SECOND_RUN:
        function.deploy(CHANGES[change], function.approve(CHANGES[change]))
    elif event == OTHER_SPEC:
        function.deploy(OTHER, function.approve(OTHER))
        function.properties = {}
    else:
        BEFORE[event](function.database)


def _facts(database: Database) -> Facts:
    with database.superuser() as connection:
        return facts(connection)
