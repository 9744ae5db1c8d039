"""The oracle sees what a broken engine does: rights that are not taken or not given, at the wrong level or on a pattern,
logins that stay or come too early. And so does the proof, but for what it shares with the engine."""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from db_access.errors import AccessError
from db_access.mysql.apply import Applying
from db_access.mysql.changes import Change, DropRole, Give, GiveRole, Lock, Plan, Stage, StartAs, Take, TakeRole, Unlock
from db_access.mysql.planning.moves import Moves
from db_access.mysql.reconcile import changing, converge
from db_access.mysql.run import Run
from db_access.mysql.state import Level, On, State
from keyless.rehearsal.servers.mysql.server import MariaDB
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, run, spec, user
from tests.mysql.oracle.compare import amiss, place_of
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.documents import Names
from tests.mysql.oracle.world.world import World
from tests.mysql.properties.between import Between
from tests.mysql.properties.watching import Ending, Watched
from tests.mysql.servers import Instance, fresh

DESIRED = import_module("db_access.mysql.translation.desired")
RUN = import_module("db_access.mysql.run")
NAMES = Names(("a_b", "other"), ("axb",), (), (), (), ("event", "lookup"), "n")
SCHEMAS = ("a_b", "other")


def readers(**what: object) -> dict[str, object]:
    return {"name": "readers", "grants": [grant("a_b", **what)]}


HERE = spec(
    user("changes", grant("a_b", access="read_write")),
    user("member", groups=["readers"]),
    user("leaves", grant("other", access="read_only")),
    user("pauses", grant("other", access="read_only")),
    groups=[readers(access="read_only")],
    schemas=SCHEMAS,
)
THERE = spec(
    user("changes", grant("a_b", access="read_only"), grant("other", access="append_only", only=["other.event"])),
    user("member", groups=["readers"]),
    user("joins", grant("a_b", access="read_only"), groups=["readers"]),
    user("pauses", grant("other", access="read_only"), enabled=False),
    groups=[readers(access="append_only")],
    schemas=SCHEMAS,
)
FORGOTTEN: dict[str, tuple[type, ...]] = {
    "rights are not taken": (Take,),
    "rights are not given": (Give,),
    "roles are not taken": (TakeRole, DropRole),
    "roles are not given": (GiveRole, StartAs, TakeRole),
    "nobody's sessions start with a role": (StartAs,),
    "nobody is locked": (Lock,),
    "nobody is unlocked": (Unlock,),
}


@pytest.fixture
def begun(instance: Instance) -> Iterator[Instance]:
    objects.make(instance, NAMES)
    run(instance, HERE)
    yield instance


@pytest.mark.parametrize("kinds", FORGOTTEN.values(), ids=FORGOTTEN)
def test_what_a_run_forgets(begun: Instance, monkeypatch: pytest.MonkeyPatch, kinds: tuple[type, ...]) -> None:
    _without_proof(monkeypatch)
    _carrying_out(monkeypatch, lambda plan: tuple(change for change in plan if not isinstance(change, kinds)))
    run(begun, THERE)
    assert amiss(begun, THERE, place_of(NAMES)) != []
    assert not evidence(begun, THERE).holds


def test_a_schema_that_is_read_as_a_pattern(mariadb_only: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DESIRED, "pattern", lambda schema, literally: schema)
    run(mariadb_only, HERE)
    found = amiss(mariadb_only, HERE, place_of(NAMES))
    assert "'changes' can ('SELECT', 'axb', 'event')" in found


def test_a_grant_on_the_whole_schema_instead_of_a_table(begun: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., On] = DESIRED._stored

    def wider(on: On, server: object) -> On:
        return real(On(Level.SCHEMA, on.schema) if on.level is Level.TABLE else on, server)

    monkeypatch.setattr(DESIRED, "_stored", wider)
    run(begun, THERE)
    found = amiss(begun, THERE, place_of(NAMES))
    assert "'changes' can ('INSERT', 'other', 'lookup')" in found
    monkeypatch.setattr(DESIRED, "_stored", real)
    assert not evidence(begun, THERE).holds


def test_moving_on_without_narrowing_first(begun: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each state of the run is looked at: in between `changes` writes to one table and to the other."""
    monkeypatch.setattr(Moves, "_narrowed", lambda *_: iter(()))
    between = Between(begun, World(0, NAMES, HERE, THERE, {}), place_of(NAMES))
    found: list[str] = []
    watched = Watched(begun, lambda _: found.extend(between.amiss()))
    _without_proof(monkeypatch)
    converge(watched.connect, THERE, timeouts=TIMEOUTS)
    assert [each for each in found if each.startswith("'changes' can")] != []


def test_unlocking_before_the_proof(begun: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that then fails leaves somebody new inside."""
    real: Callable[..., tuple[str, ...]] = Run._moved

    def early(self: Run, plan: Plan, state: State) -> tuple[str, ...]:
        self._carry_out(plan, state, Stage.OPEN)
        return real(self, plan, state)

    monkeypatch.setattr(Run, "_moved", early)
    between = Between(begun, World(0, NAMES, HERE, THERE, {}), place_of(NAMES))
    watched = Watched(begun)
    converge(watched.connect, THERE, timeouts=TIMEOUTS)
    last = next(n for n, statement in enumerate(watched.written) if statement.endswith("ACCOUNT UNLOCK")) + 1
    run(begun, HERE)
    _refuse_and_stay(monkeypatch)
    with pytest.raises(AccessError):
        converge(Watched(begun, last=last, ending=Ending.REFUSED).connect, THERE, timeouts=TIMEOUTS)
    assert "'joins' is new and logs in" in [*between.as_before()]


@pytest.fixture
def mariadb_only(mariadb: MariaDB) -> Iterator[Instance]:
    """Where schemas are always patterns."""
    with fresh(mariadb) as instance:
        objects.make(instance, NAMES)
        yield instance


def _carrying_out(monkeypatch: pytest.MonkeyPatch, chosen: Callable[[tuple[Change, ...]], Plan]) -> None:
    real = Applying.carry_out
    monkeypatch.setattr(Applying, "carry_out", lambda self, plan: real(self, chosen(plan)))


def _without_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "_refuse_unproven", lambda self, found: None)
    monkeypatch.setattr(RUN, "_undone", lambda planned: ())


def _refuse_and_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is put back, which would lock it again."""
    monkeypatch.setattr(changing, "_put_back", lambda *_: "")
