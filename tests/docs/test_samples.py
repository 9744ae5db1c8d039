"""Samples of output have the shape of what is really put out; JSON is JSON; the layout is the project's."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keyless.fleet.file import FleetError, load
from keyless.rehearsal.own_lines.reading import RehearsalFileError, read
from tests.app.environments import PROD
from tests.conftest import Database
from tests.database.cli.runner import Cli
from tests.docs.reading.pages import ROOT, Block, of_kind
from tests.docs.samples import databases, fleets, settings, specs
from tests.docs.samples.shape import misfits, unlike
from tests.infrastructure.monitoring.test_drift_watch import messages, record
from tests.infrastructure.support import synthesize

WITHOUT_DATABASE: dict[str, Callable[[Path], str]] = {
    "spec-problem": specs.spec_problem,
    "check": specs.check,
    "access-plan": specs.access_plan,
    "misspelt": settings.misspelt,
    "refused": settings.refused,
    "finding": settings.finding,
    "refused-requirements": settings.refused_requirements,
    "fleet": fleets.shown_results,
}
OF_DATABASE: dict[str, Callable[[Cli], Any]] = {
    "asking": databases.asking,
    "sync": databases.sync,
    "prove": databases.prove,
    "watch": databases.found,
    "who": databases.who,
    "migrate": databases.migrate,
    "grants": databases.grants,
}


def samples(*names: str) -> list[Block]:
    return [block for block in of_kind("text output", "json output") if block.info[2] in names]


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def test_every_sample_names_who_puts_it_out() -> None:
    names = {block.info[2] for block in of_kind("text output", "json output")}
    assert names == {*WITHOUT_DATABASE, *OF_DATABASE, "notice"}


@pytest.mark.parametrize("block", samples(*WITHOUT_DATABASE), ids=lambda block: block.place)
def test_a_sample_is_what_is_put_out(block: Block, tmp_path: Path) -> None:
    real = WITHOUT_DATABASE[block.info[2]](tmp_path)
    assert list(misfits(block.text, real)) == [], real


@pytest.mark.parametrize("block", samples(*OF_DATABASE), ids=lambda block: block.place)
def test_a_sample_about_a_database_is_what_is_put_out(block: Block, cli: Cli) -> None:
    real = OF_DATABASE[block.info[2]](cli)
    found = unlike(json.loads(block.text), real) if block.info[0] == "json" else misfits(block.text, real)
    assert list(found) == [], real


@pytest.mark.parametrize("block", samples("notice"), ids=lambda block: block.place)
def test_a_notice_is_what_the_topic_gets(block: Block, tmp_path: Path) -> None:
    (message,) = messages(synthesize(PROD, tmp_path / "cdk.out").templates, record({"drift": 1, "database": "app"}))
    assert list(unlike(json.loads(block.text), {**message, "found": json.loads(block.text)["found"]})) == []
    assert list(misfits(json.loads(block.text)["meaning"], message["meaning"])) == []


@pytest.mark.parametrize("block", of_kind("json"), ids=lambda block: block.place)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", of_kind("yaml rehearsal"), ids=lambda block: block.place)
def test_lines_of_ones_own_are_such_as_the_rehearsal_takes(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "rehearsal.yaml"
    file.write_text(block.text)
    assert read(file).lines
    file.write_text(block.text.replace("expect:", "expects:"))
    with pytest.raises(RehearsalFileError):
        read(file)


@pytest.mark.parametrize("block", of_kind("yaml fleet"), ids=lambda block: block.place)
def test_a_fleet_is_such_as_the_command_takes(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(block.text)
    assert load(file)
    file.write_text(block.text.replace("host:", "hosts:"))
    with pytest.raises(FleetError):
        load(file)


@pytest.mark.parametrize("block", of_kind("text layout"), ids=lambda block: block.place)
def test_every_path_of_a_layout_is_there(block: Block) -> None:
    assert gone(block.text) == []
    assert gone("stacks/gone.py   x") == ["stacks/gone.py"]


def gone(text: str) -> list[str]:
    """Paths of a layout, at the start of a line or of docs, that aren't there."""
    paths = re.findall(r"^[\w.]+(?:/[\w.]*)+|^\w+\.py|docs/[\w-]+\.md", text, re.MULTILINE)
    return [path for path in paths if not (ROOT / path).exists()]


@pytest.mark.parametrize(
    ("sample", "real", "wrong"),
    [
        ("a 1 b", "a 22 b", []),
        ("a … c", "a b c", []),
        ("first\n...\nlast", "first\nmiddle\nlast", []),
        ("  ERROR x", "ERROR x", []),
        ("a 1 b", "a b", ["a 1 b"]),
        ("last\nfirst", "first\nlast", ["first"]),
        ("a", "a b", ["a"]),
    ],
)
def test_a_line_that_is_never_put_out_is_seen(sample: str, real: str, wrong: list[str]) -> None:
    assert list(misfits(sample, real)) == wrong


@pytest.mark.parametrize(
    ("sample", "real"),
    [
        ({"a": 1}, {}),
        ({}, {"a": 1}),
        ({"a": 1}, {"a": "1"}),
        ({"a": [{"b": 1}]}, {"a": [{"c": 1}]}),
        ({"a": True}, {"a": 1}),
        ({"b": 1, "…": ""}, {"a": 1}),
    ],
)
def test_a_document_with_other_fields_is_seen(sample: Any, real: Any) -> None:
    assert list(unlike(sample, real))
    assert list(unlike(sample, sample)) == []


def test_what_a_sample_leaves_out_is_no_difference() -> None:
    assert list(unlike({"a": [1], "…": ""}, {"a": [2, 3], "b": 4})) == []
    assert list(unlike({"a": []}, {"a": [{"b": 1}]})) == []
