"""The benchmark measures the engine as it is: it runs through on both servers, and refuses an engine that ends elsewhere
than the statements one by one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.mysql.figures import ENGINE, measure
from bench.mysql.report import markdown
from bench.mysql.stage import Rights, Stage, staged
from bench.mysql.workload import one_by_one
from bench.workload import SIZES
from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL, Server

TINY = replace(SIZES["small"], name="tiny", tables=1)
AFTER_THE_ENGINE = 2
"""Which time the rights are read; the first is after the statements one by one."""


@pytest.fixture(scope="module", params=[MariaDB, MySQL], ids=["MariaDB", "MySQL"])
def ready(request: pytest.FixtureRequest) -> Iterator[Stage]:
    kind: type[Server] = request.param
    with staged(kind, TINY) as made:
        yield made


def test_the_engine_and_the_statements_one_by_one_end_with_the_same_rights(ready: Stage) -> None:
    found = measure(ready, rounds=1)
    assert set(found.seconds) == {(what, how) for what in ("one by one", *ENGINE) for how in ("near", "far")}
    assert found.round_trips["one by one"] > len(list(one_by_one(TINY)))
    assert markdown("server", TINY, found).count("\n| ") == 2 + len(("one by one", *ENGINE))


def test_an_engine_that_gives_more_is_refused(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    rights, asked = Stage.rights, list[Stage]()

    def with_more(self: Stage) -> Rights:
        asked.append(self)
        if len(asked) == AFTER_THE_ENGINE:
            with self.server.connect() as connection, connection.cursor() as cursor:
                cursor.execute("GRANT SELECT ON s001.* TO u0000@'%'")
        return rights(self)

    monkeypatch.setattr(Stage, "rights", with_more)
    with pytest.raises(AssertionError, match="the engine left other rights than the statements one by one did: u0000"):
        measure(ready, rounds=1)


def test_a_repair_that_has_nothing_to_repair_is_refused(ready: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "drift", lambda _: None)
    with pytest.raises(AssertionError, match="repair had 0 changes"):
        measure(ready, rounds=1)
