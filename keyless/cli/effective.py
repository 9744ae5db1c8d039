"""`keyless who can`, `what can` and `matrix`: ask a database, and show the answer. Changes nothing."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, TypeVar

from psycopg import Connection
from psycopg import Error as PostgresError

from db_access.errors import AccessError
from db_access.postgresql.failures import explained
from db_access.wording import quoted
from keyless.cli import seeds_variables
from keyless.cli.connection import connect
from keyless.cli.status import DONE
from keyless.effective import questions
from keyless.effective.asking import Finding
from keyless.effective.named import Named
from keyless.effective.shown import as_json, as_markdown, as_text
from keyless.effective.summary import summary

Answer = TypeVar("Answer")
_ALSO: Final = {"TEMP": "TEMPORARY"}
"""Other names that GRANT takes."""
Show = Callable[[Sequence[Finding], str], str]


class UnansweredError(AccessError):
    """PostgreSQL said no to a question."""


class NoDatabaseNamedError(AccessError):
    """Which database is meant isn't said."""


def who(privilege: str, name: str, form: str) -> int:
    named, meant = Named.parse(name), privilege.upper()
    meant = _ALSO.get(meant, meant)
    found = asked(named.database, lambda connection: questions.who(connection, meant, named))
    return _show(found, f"who can {meant} {name}", form, as_text.who)


def what(role: str, database: str | None, form: str) -> int:
    name = named_database(database)
    found = asked(name, lambda connection: questions.what(connection, role))
    return _show(found, f"what {quoted(role)} can in database {quoted(name)}", form, as_text.what)


def matrix(database: str | None, form: str) -> int:
    name = named_database(database)
    question = f"what every login can in database {quoted(name)}"
    if form == "text":
        sys.stdout.write(as_text.matrix(asked(name, summary), question))
        return DONE
    return _show(asked(name, questions.matrix), question, form, as_text.what)


def asked(database: str, ask: Callable[[Connection[Any]], Answer]) -> Answer:
    """Raises UnansweredError, and UnreachableError."""
    with closing(connect(database)) as connection:
        try:
            return ask(connection)
        except PostgresError as error:
            raise UnansweredError(f"database {quoted(database)} doesn't answer: {explained(error)}") from error


def named_database(database: str | None) -> str:
    with seeds_variables.for_libpq():
        name = database or os.environ.get("PGDATABASE")
    if not name:
        raise NoDatabaseNamedError("no database is named; allowed: --database NAME, or PGDATABASE")
    return name


def _show(found: Sequence[Finding], question: str, form: str, text: Show) -> int:
    show: dict[str, Show] = {"text": text, "markdown": as_markdown.table, "json": as_json.document}
    sys.stdout.write(show[form](found, question))
    return DONE
