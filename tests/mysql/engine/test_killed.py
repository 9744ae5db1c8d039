"""A run that dies at any of its statements leaves nobody with more than one of the two specs gives, and the next goes on."""

from itertools import count

import pytest

from db_access.mysql.reconcile import converge
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import Can, everybody, forgotten, tables
from tests.mysql.engine.dying import Died, Dying
from tests.mysql.engine.specs import TIMEOUTS, evidence, grant, planned, run, spec, user
from tests.mysql.servers import Instance

NAMES = ("w", "r", "g", "old", "n", "m")
READERS = {"name": "readers", "grants": [grant("foo", access="read_only")]}
WRITERS = {"name": "readers", "grants": [grant("foo", access="append_only")]}
NOBODY = spec()
FIRST = spec(
    user("w", grant("foo", access="write_only", key_columns=["id"])),
    user("r", grant("foo", access="read_only"), connection_limit=7),
    user("g", groups=["readers"]),
    user("old", grant("bar", access="read_write")),
    groups=[READERS],
)
SECOND = spec(
    user("w", grant("foo", access="append_only"), grant("bar", access="read_only")),
    user("r", grant("foo", "bar", access="read_only")),
    user("g", grant("bar", access="read_only"), groups=["readers"]),
    user("n", grant("bar", access="write_only", key_columns=["id"])),
    user("m", groups=["readers"], enabled=False),
    groups=[WRITERS],
)


def _within(now: Can | None, *allowed: Can | None) -> bool:
    return now is None or any(each is not None and now <= each for each in allowed)


@pytest.mark.parametrize(
    ("first", "second"), [(NOBODY, FIRST), (FIRST, SECOND), (SECOND, NOBODY)], ids=["new", "changed", "gone"]
)
def test_at_every_statement(instance: Instance, first: AccessSpec, second: AccessSpec) -> None:
    tables(instance)
    run(instance, first)
    before = everybody(instance, NAMES)
    run(instance, second)
    after = everybody(instance, NAMES)
    for n in count():
        forgotten(instance)
        run(instance, first)
        dying = Dying(instance, n)
        try:
            converge(dying.connect, second, timeouts=TIMEOUTS)
        except Died:
            now = everybody(instance, NAMES)
        else:
            break
        assert [name for name in NAMES if not _within(now[name], before[name], after[name])] == [], dying.written
        assert [name for name in NAMES if before[name] is None and now[name] not in (None, after[name])] == []
        run(instance, second)
        assert everybody(instance, NAMES) == after, dying.written
        assert planned(instance, second).plan == ()
    assert n > 8
    assert evidence(instance, second).holds
