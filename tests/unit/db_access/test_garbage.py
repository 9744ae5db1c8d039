"""The search for garbage is put off for a run, and is as before after it, whatever its end."""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest

from db_access import garbage
from db_access.errors import ApplyError
from db_access.postgresql import reconcile
from db_access.postgresql.retry import Timeouts
from db_access.spec import AccessSpec

SPEC = AccessSpec.parse({"databases": [{"name": "app"}]})
RUNS: dict[str, Callable[..., Any]] = {
    "converge": partial(reconcile.converge, spec=SPEC, database="app"),
    "preview": partial(reconcile.preview, spec=SPEC, database="app"),
    "prove": partial(reconcile.prove, spec=SPEC, database="app"),
    "remove": partial(reconcile.remove, managed_by="m"),
}


@pytest.fixture(autouse=True, params=[True, False], ids=["searching", "not searching"])
def searching(request: pytest.FixtureRequest) -> Iterator[bool]:
    before, wanted = gc.isenabled(), bool(request.param)
    (gc.enable if wanted else gc.disable)()
    yield wanted
    (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("raised", "seen"), [(psycopg.DataError("x"), ApplyError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_a_run_searches_for_no_garbage_and_leaves_the_search_as_it_was(
    run: str, raised: BaseException, seen: type[BaseException], searching: bool
) -> None:
    during: list[bool] = []

    def connect() -> "psycopg.Connection[Any]":
        during.append(gc.isenabled())
        raise raised

    with pytest.raises(seen):
        RUNS[run](connect, timeouts=Timeouts(transient=0))
    assert set(during) == {False}
    assert gc.isenabled() is searching


def test_one_within_another_leaves_the_search_to_the_outer_one(searching: bool) -> None:
    with garbage.left_until_later():
        with garbage.left_until_later():
            pass
        assert not gc.isenabled()
    assert gc.isenabled() is searching
