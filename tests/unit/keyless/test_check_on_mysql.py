"""`keyless check --engine mysql`, or where MYSQL_HOST is set: also what MySQL and MariaDB have no word for."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from keyless.cli.command import main
from tests.mysql.engine.specs import spec, user
from tests.mysql.engine.test_translation import READERS, REFUSED

WATCH = user("drift_watch")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("MYSQL_HOST", "PGHOST", "PGHOSTADDR", "PGSERVICE", "POSTGRES_HOST"):
        monkeypatch.delenv(name, raising=False)


def written(*users: dict[str, Any]) -> str:
    document = spec(WATCH, *users, groups=[READERS]).as_properties()
    Path("access.yaml").write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    return "access.yaml"


def problems(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    status = main(["check", *arguments, "--json"])
    found: list[str] = json.loads(capsys.readouterr().out)["problems"]
    assert status == (1 if found else 0)
    return found


@pytest.mark.parametrize("engine", ["mysql", "aurora-mysql", "mariadb"])
@pytest.mark.parametrize(("given", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_every_refusal_of_the_engine_is_told_with_its_line(
    given: dict[str, Any], said: str, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (problem,) = problems(capsys, written(given), "--engine", engine)
    assert said.rpartition(": ")[2] in problem and "access.yaml:" in problem


def test_in_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["check", written(user("a", settings={"search_path": ["foo"]}, connection_limit=0)), "--engine", "mysql"])
        == 1
    )
    assert "the access spec has 2 problems" in capsys.readouterr().err


def test_where_a_mysql_server_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(user("a", settings={"search_path": ["foo"]}))
    monkeypatch.setenv("MYSQL_HOST", "server")
    assert len(problems(capsys, file)) == 1
    for engine in ("postgresql", "aurora-postgresql"):
        assert problems(capsys, file, "--engine", engine) == []


@pytest.mark.parametrize(("engine", "count"), [("mysql", 1), ("aurora-mysql", 1), ("mariadb", 0)])
def test_names_that_one_of_them_has_no_room_for(engine: str, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(problems(capsys, written(user("c" * 33)), "--engine", engine)) == count


def test_on_postgresql_nothing_of_it_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert problems(capsys, written(user("a", settings={"search_path": ["foo"]}))) == []
