"""Handlers in the docs answer from real servers of the MySQL family, by a token that their endpoint judges."""

from pathlib import Path

import pytest

from tests.docs.python.running import run
from tests.docs.reading.pages import Block, of_kind
from tests.mysql.client import test_gate
from tests.mysql.client.test_gate import REGION
from tests.mysql.servers import rows
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER
from tests.unclosed import collect_unclosed

standing, world = test_gate.standing, test_gate.world


@pytest.mark.parametrize("block", of_kind("python mysql"), ids=lambda block: block.place)
def test_a_handler_answers_from_the_database(
    block: Block, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = world.cluster
    settings = {"HOST": at.host, "TCP_PORT": str(at.port), "USER": USER, "DATABASE": "app"}
    for name, value in settings.items():
        monkeypatch.setenv(f"MYSQL_{name}", value)
    monkeypatch.setenv("AWS_REGION", REGION)
    test_gate.resolve(at, monkeypatch)
    with world.instance.superuser() as owner:
        rows(owner, "CREATE TABLE app.event (name VARCHAR(20) NOT NULL)")
        rows(owner, f"GRANT INSERT ON app.event TO {USER}@'%'")
        try:
            run(block)["handler"]({"name": "hello", "address": at.address, "port": at.port}, None)
            collect_unclosed()
            stored = {name for (name,) in rows(owner, "SELECT name FROM app.event")}
            assert stored == ({"hello"} if "INSERT" in block.text else set())
        finally:
            rows(owner, "DROP TABLE app.event")
