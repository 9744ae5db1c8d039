"""The tables of docs/engines.md are what the code says of engines, versions and commands; what it calls refused is."""

from itertools import chain
from pathlib import Path

import pytest

from keyless.cli.app import command
from keyless.cli.command import main
from keyless.cli.family import POSTGRESQL as POSTGRESQL_SAYS
from keyless.rehearsal.servers.mysql.kinds import KINDS, Kind
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import ENGINES, POSTGRESQL, Engine
from tests.docs.reading.pages import PAGES
from tests.docs.reading.tables import Row, rows

ROWS = [row for _, row in rows(PAGES["docs/engines.md"])]
OF_MYSQL = "MySQL and MariaDB"
COMMANDS = {span: row[OF_MYSQL].text for row in ROWS if "command" in row for span in row["command"].spans}
REFUSED = [name for name, told in COMMANDS.items() if told == "refused"]
ARGUMENTS = {
    "adopt": ("--database", "app", "--to", "config/access.yaml"),
    "grant": ("reader", "--as", "readers", "--for", "1h", "--reason", "a trial"),
    "grants": ("--database", "app"),
    "approve": ("--to", "approved.json"),
    "matrix": ("--database", "app"),
    "migrate": ("status", "robot"),
    "report": ("--to", "report.html"),
    "who": ("can", "SELECT", "app.foo.event"),
    "what": ("can", "reader", "--database", "app"),
}
SPEC = """
version: 1
databases: [{name: app}]
groups: [{name: readers}]
users: [{username: reader, may_have: [{group: readers, at_most: 1h}]}, {username: robot, auth_method: password}]
"""


def as_a_row(engine: Engine) -> tuple[str, ...]:
    masters = "IAM" if engine.iam_master else "a secret"
    return (
        engine.label,
        "yes" if engine.iam else "no",
        "yes" if engine.proxy else "no",
        " ".join(engine.patterns),
        ", ".join(engine.majors) or "none",
        engine.version,
        masters if engine.deployed or engine.by_secret else "",
    )


def versions(product: str) -> Row:
    (row,) = (row for row in ROWS if "server" in row and row["server"].text == product)
    return row


def test_the_engines_are_those_of_the_matrix_with_what_each_allows() -> None:
    told = [tuple(cell.text for cell in row.values()) for row in ROWS if "engine" in row]
    assert told == [as_a_row(engine) for engine in ENGINES.values()]


def test_the_engine_is_tested_on_every_major_of_postgresql() -> None:
    assert versions("PostgreSQL")["tested on real ones"].text == ", ".join(POSTGRESQL.majors)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_of_the_mysql_family_the_servers_of_the_tests_are_named_and_what_they_are_not(kind: Kind) -> None:
    row = versions(kind.name)
    assert row["tested on real ones"].text == kind.series
    deployed = {major for engine in ENGINES.values() if engine.label.endswith(kind.name) for major in engine.majors}
    assert [major for major in deployed - {kind.series} if major not in row["only AWS shows"].text] == []


def test_every_deployed_family_has_its_servers_here() -> None:
    families = {engine.family for engine in ENGINES.values() if engine.deployed}
    assert families == {Family.POSTGRESQL, Family.MYSQL}


def test_every_command_is_told_of_once() -> None:
    told = list(chain.from_iterable(row["command"].spans for row in ROWS if "command" in row))
    assert sorted(told) == sorted(command().commands)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_called_refused_on_mysql_is(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/access.yaml").write_text(SPEC, encoding="utf-8")
    for variable in POSTGRESQL_SAYS:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("MYSQL_HOST", "localhost")
    assert main([name, *ARGUMENTS.get(name, ())]) == 1
    assert "MYSQL_HOST says a MySQL server, and this is for PostgreSQL alone so far" in capsys.readouterr().err
