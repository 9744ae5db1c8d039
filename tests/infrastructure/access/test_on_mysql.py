"""What the MySQL family has no word for fails the synth, all of it at once, with the file and the line."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from db_access.errors import SpecError
from tests.app.app import app
from tests.app.environments import DEV
from tests.infrastructure.support import synthesize
from tests.mysql.engine.specs import spec, user
from tests.mysql.engine.test_translation import READERS, REFUSED

ENGINES = ("aurora-mysql", "mysql", "mariadb")
WATCH = user("drift_watch", connection_limit=3)
SAMPLES = (user("migrator"), user("lambda_writer"))


def compose(tmp_path: Path, users: list[dict[str, Any]], database: str, **more: Any) -> Path:
    file = tmp_path / "access.yaml"
    document = spec(WATCH, *SAMPLES, *users, groups=[READERS], **more).as_properties()
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    context: dict[str, Any] = {"environment": "staging", "database": database, "access": str(file)}
    app().compose(cdk.App(outdir=str(tmp_path / "out"), context={**context, "aws:cdk:bundling-stacks": []}))
    return file


@pytest.mark.parametrize(("given", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_every_refusal_of_the_engine_is_one_of_the_synth(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        compose(tmp_path, [given], "mariadb")
    (problem,) = caught.value.problems
    assert said.rpartition(": ")[2] in problem
    place, _, line = problem.partition(": ")[0].rpartition(":")
    assert place.endswith("access.yaml"), problem
    lines = (tmp_path / "access.yaml").read_text().splitlines()
    assert int(line) > next(n for n, text in enumerate(lines) if "drift_watch" in text), problem


@pytest.mark.parametrize("database", ENGINES)
def test_all_at_once(tmp_path: Path, database: str) -> None:
    """Also what one of the two servers has no name for."""
    wrong = [
        user("a", settings={"search_path": ["foo"]}),
        user("b", connection_limit=0, may_have=[{"group": "readers", "at_most": "1h"}]),
        user("c" * 33),
    ]
    with pytest.raises(SpecError) as caught:
        compose(tmp_path, wrong, database, schemas=("foo", "bar", "sys"))
    assert len(caught.value.problems) == (4 if database == "mariadb" else 5), caught.value.problems


@pytest.mark.parametrize("database", ENGINES)
def test_a_stack_without_an_app_refuses_it_too(tmp_path: Path, database: str) -> None:
    from keyless_aurora.app.context import DATABASES

    wrong = spec(WATCH, user("a", settings={"search_path": ["foo"]}))
    with pytest.raises(SpecError, match=r"users\[1\].settings \(a\): MySQL's accounts"):
        synthesize(DATABASES[database](DEV), tmp_path, wrong)


@pytest.mark.parametrize("database", ENGINES)
def test_what_it_has_words_for_is_built(tmp_path: Path, database: str) -> None:
    assert compose(tmp_path, [], database).is_file()


def test_on_postgresql_nothing_of_it_is_wrong(tmp_path: Path) -> None:
    settings = user("a", settings={"search_path": ["foo"]})
    assert compose(tmp_path, [settings, user("c" * 33)], "aurora", schemas=("foo", "bar", "sys")).is_file()
