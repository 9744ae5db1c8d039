"""What would have pinned a function's session at RDS Proxy is told with the function's name."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pin
from keyless.rehearsal.lines.own.lines import own_lines
from keyless.rehearsal.lines.report import evidence
from keyless.rehearsal.loop.code import Sources
from keyless.rehearsal.loop.waiting import newly_pinned
from keyless.rehearsal.stage.pinned import Pinned, by_function, pinned
from keyless.rehearsal.stage.running import Stage

EVENT = {"events": [{"name": "a", "payload": {}}]}
WRITES = "    connection = keyless_client.connect()\n"
BY = ("SET search_path", "nextval()")


@pytest.fixture
def pinning_writer(stage: Stage, tmp_path: Path) -> Iterator[None]:
    """A writer that is careless about its session; the deployed code is put back."""
    sources = Sources(stage)
    (writer,) = [source for source in sources.all if source.client.name == "Writer"]
    writer.folder, before = Path(shutil.copytree(writer.folder, tmp_path / "writer")), dict(writer.deployed)
    handler = writer.folder / "handler.py"
    careless = "    connection.execute(\"SET search_path = foo; SELECT nextval('event_id_seq')\")\n"
    handler.write_text(handler.read_text().replace(WRITES, WRITES + careless))
    assert list(sources.take()) == ["Writer: runs the code as it is now"]
    yield
    for name, content in before.items():
        (writer.folder / name).write_bytes(content)
    list(sources.take())


def since(stage: Stage, before: tuple[Pin, ...]) -> tuple[Pinned, ...]:
    """What this test's calls did, whatever was done on the stage before."""
    return by_function(stage.deployed.clients, stage.pins.all()[len(before) :])


def test_the_sample_pins_nothing(stage: Stage) -> None:
    before = stage.pins.all()
    stage.end_sessions()
    list(own_lines(stage))
    assert since(stage, before) == ()


def test_a_function_that_pins_is_named_with_what_it_did(stage: Stage, pinning_writer: None, tmp_path: Path) -> None:
    before, told = stage.pins.all(), set(pinned(stage))
    stage.deployed.function("workload", "Writer").invoke(EVENT)
    found = since(stage, before)
    assert found == (Pinned("Writer", "lambda_writer", 1, BY),)
    assert [str(each) for each in found] == ["Writer: 2 pins: SET search_path, nextval()"]
    assert [line.partition(":")[0] for line in newly_pinned(stage, told)] == ["Writer"]
    assert newly_pinned(stage, told) == []
    evidence.write([], [], found, tmp_path / "evidence.json")
    written = json.loads((tmp_path / "evidence.json").read_text())
    assert written["pinned"] == [{"function": "Writer", "user": "lambda_writer", "sessions": 1, "by": list(BY)}]
