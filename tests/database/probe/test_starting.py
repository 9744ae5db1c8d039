"""How everybody's sessions start in a database is a note: the spec has no word for it."""

from typing import LiteralString

import pytest

from keyless.rehearsal.lines.rights.beside import Beside
from keyless.rehearsal.lines.rights.meaning import Meaning
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, major
from tests.database.probe.asking import asked, session

_LOGIN: LiteralString = """
CREATE FUNCTION public.greets() RETURNS event_trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM set_config('application_name', 'SECRET', false); END $$;
CREATE EVENT TRIGGER greets ON login EXECUTE FUNCTION public.greets()
"""


@pytest.fixture
def app(database: Database) -> Database:
    converge(database)
    return database


def notes(database: Database) -> list[str]:
    with session(database, "lambda_writer") as connection:
        return [*Beside(Meaning(SAMPLE, "app"), asked(connection, "foo", "bar", "ops")["beyond"]).notes]


def by_hand(database: Database, statements: LiteralString) -> None:
    with database.superuser() as superuser:
        superuser.execute(statements.encode())


def test_a_login_trigger_is_named_unless_it_is_off(app: Database) -> None:
    if major(app) < 17:
        pytest.skip("event triggers on login come with PostgreSQL 17")
    before = notes(app)
    by_hand(app, _LOGIN)
    assert {*notes(app)} - {*before} == {"triggers that run at each login to database app: greets"}
    by_hand(app, "ALTER EVENT TRIGGER greets DISABLE")
    assert notes(app) == before


def test_a_databases_connection_limit_is_told(app: Database) -> None:
    before = notes(app)
    by_hand(app, "ALTER DATABASE app CONNECTION LIMIT 3")
    assert {*notes(app)} - {*before} == {"the connection limit of database app, for all of its users: 3"}
    by_hand(app, "ALTER DATABASE app CONNECTION LIMIT -1")
    assert notes(app) == before


def test_a_setting_of_everybody_is_named_and_not_shown(app: Database) -> None:
    by_hand(app, "ALTER DATABASE app SET application_name = 'SECRET'")
    (told,) = (note for note in notes(app) if "application_name" in note)
    assert "SECRET" not in told
