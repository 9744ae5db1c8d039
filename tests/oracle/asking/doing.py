"""Ask by doing: log in as a user and try every probe, each in a savepoint, thousands in one round trip."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from tests.conftest import Database
from tests.oracle.asking.probes import Probe

REFUSED: Final = "42501"
_DONE: Final = "OK000"


class Unanswered(Exception):
    """A probe that neither worked nor was refused for lack of rights says nothing, and must not count as an answer."""


@dataclass(frozen=True)
class Login:
    """What came of logging in."""

    connection: Connection[Any] | None
    refusal: str = ""
    """The SQLSTATE, or the server's words where there is none."""


OPTIONS: Final = "-c search_path=pg_catalog,pg_temp -c statement_timeout=0 -c client_min_messages=error"


def log_in(database: Database, user: str) -> Login:
    """As `user`; its own settings hold but for the search path and timeouts."""
    try:
        return Login(psycopg.connect(database.conninfo(user), options=OPTIONS))
    except psycopg.OperationalError as error:
        for words in ("is not permitted to log in", "User does not have CONNECT privilege", "too many connections"):
            if words in str(error):
                return Login(None, words)
        raise


def attempted(connection: Connection[Any], probes: Sequence[Probe], identity: str | None = None) -> list[bool]:
    """For each probe whether PostgreSQL carries it out; afterwards everything is as it was.

    Args:
        connection: of the user.
        identity: None for what the session starts as; "NONE" for the user itself.
    """
    statements = json.dumps([probe.statement.as_string(connection) for probe in probes])
    try:
        with connection.pipeline():
            if identity is not None:
                connection.execute("SET ROLE NONE")
            connection.execute("SELECT pg_catalog.set_config('oracle.probes', %s, false)", [statements])
            connection.execute(_TRY_ALL)
            answers = connection.execute("SELECT pg_catalog.current_setting('oracle.answers')")
        row = answers.fetchone()
    finally:
        connection.rollback()
    assert row is not None
    return [_allowed(probe, *answer) for probe, answer in zip(probes, json.loads(row[0]), strict=True)]


def stand_in(superuser: Connection[Any], user: str, probes: Sequence[Probe]) -> list[bool]:
    """What `user` could do if it were let in. `superuser`: not in autocommit mode."""
    superuser.execute(SQL("SET LOCAL SESSION AUTHORIZATION {}").format(Identifier(user)))
    return attempted(superuser, probes)


def _allowed(probe: Probe, state: str, message: str) -> bool:
    if state == REFUSED or state in probe.also_refused:
        return False
    if state == _DONE or state in probe.also_allowed:
        return True
    raise Unanswered(f"{probe.shown}: {state} {message}, from {probe.statement.as_string(None)}")


# Whatever a probe does is undone by the exception that ends its block.
_TRY_ALL: Final = """
DO LANGUAGE plpgsql $$
DECLARE
    statement pg_catalog.text;
    answers pg_catalog.json[] := '{}';
BEGIN
    FOR statement IN
        SELECT pg_catalog.json_array_elements_text(pg_catalog.current_setting('oracle.probes')::pg_catalog.json)
    LOOP
        BEGIN
            EXECUTE statement;
            RAISE EXCEPTION USING ERRCODE = 'OK000';
        EXCEPTION WHEN OTHERS THEN
            answers := answers || pg_catalog.json_build_array(SQLSTATE, SQLERRM);
        END;
    END LOOP;
    PERFORM pg_catalog.set_config('oracle.answers', pg_catalog.array_to_json(answers)::pg_catalog.text, false);
END
$$
"""


def closed(login: Login) -> None:
    with suppress(AttributeError):
        login.connection.close()  # type: ignore[union-attr]
