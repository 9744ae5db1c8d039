"""What the docs do with a database is done with a real one, in which the access spec was carried out: SQL as the user
whom the block names, `keyless` as the master."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import converge, run
from tests.docs.reading.pages import ROOT, Block, of_kind
from tests.docs.shell.commands import Command, commands, placeholder
from tests.docs.shell.options import options
from tests.docs.shell.tools import tool
from tests.infrastructure.support import SPEC

OF_DATABASES = ("check", "sync", "prove", "approve", "grants")
"""Others write an app or deploy one, and --env asks a deployed one: they are parsed, and have tests of their own."""
KEYLESS = [
    pytest.param(command, id=f"{block.place} {command}")
    for block in of_kind("sh")
    for command in commands(block.text)
    if tool(command) == "keyless"
    and command.words[1] in OF_DATABASES
    and "--env" not in command.words
    and not any(map(placeholder, command.words))
]


RAW = SPEC.as_properties()


def with_spec(managed_by: str = "keyless-aurora", schema: str = "bar") -> AccessSpec:
    """config/access.yaml, whose migrator may rename a schema, as docs/how-to/rename.md says."""
    text = json.dumps({**RAW, "managed_by": managed_by}).replace('"bar"', json.dumps(schema))
    users = [
        {**user, "privileges": ["CONNECT", "CREATE"]} if user["username"] == "migrator" else user
        for user in RAW["users"]
    ]
    return AccessSpec.parse(
        {**json.loads(text), "users": json.loads(json.dumps(users).replace('"bar"', json.dumps(schema)))}
    )


def deploy(database: Database, spec: AccessSpec) -> None:
    """Carry the spec out, and make the sample's tables."""
    converge(database, spec)
    schema = (ROOT / "sample/migrator/schema.sql").read_text()
    run(database, "migrator", *(statement for statement in schema.split(";") if "CREATE" in statement))
    converge(database, spec)


@pytest.fixture
def deployed(database: Database) -> Database:
    """With the sample's users and tables."""
    deploy(database, with_spec())
    return database


def problems(block: Block, database: Database) -> Iterator[str]:
    """What PostgreSQL says against the block's statements, one after the other."""
    user = MASTER if block.info[1] == "master" else block.info[1]
    with psycopg.connect(database.conninfo(user), autocommit=True) as connection:
        for statement in filter(str.strip, block.text.split(";")):
            try:
                connection.execute(sql.SQL(statement))
            except psycopg.Error as error:
                yield f"{block.place}: {error}"


@pytest.mark.parametrize("block", of_kind("sql master", "sql migrator"), ids=lambda block: block.place)
def test_sql_is_what_the_database_takes_of_that_user(block: Block, deployed: Database) -> None:
    assert list(problems(block, deployed)) == []


@pytest.mark.parametrize(
    ("user", "text"), [("master", "SELEKT 1"), ("migrator", "CREATE ROLE other"), ("master", "TABLE foo.gone")]
)
def test_sql_that_it_does_not_take_is_seen(user: str, text: str, deployed: Database) -> None:
    assert list(problems(Block("docs/new.md", 1, ("sql", user), text), deployed))


@pytest.mark.parametrize("command", KEYLESS)
def test_keyless_does_what_the_docs_have_it_do(
    command: Command,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    manager = dict(options(command.words)).get("--managed-by", ("keyless-aurora",))
    deploy(database, AccessSpec.parse({**RAW, "managed_by": manager[0]}))
    monkeypatch.chdir(ROOT)
    cli = Cli(database, monkeypatch, capsys, tmp_path)
    answer = cli(*command.words[1:])
    assert answer.status == 0, answer.err


def test_a_renamed_schema_keeps_its_tables_and_their_rights(deployed: Database) -> None:
    (renaming,) = (block for block in of_kind("sql migrator") if block.page == "docs/how-to/rename.md")
    assert list(problems(renaming, deployed)) == []
    converge(deployed, with_spec(schema="archive"))
    run(deployed, "lambda_writer", "INSERT INTO archive.audit (events) VALUES (1)")
    assert converge(deployed, with_spec(schema="archive")).changes == 0
