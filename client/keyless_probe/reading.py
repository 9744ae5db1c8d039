"""All that is read behind a login that works, in one guarded transaction."""

from itertools import islice
from typing import Any, Final

import psycopg

from keyless_probe.facts import facts
from keyless_probe.guarded import guarded
from keyless_probe.question import Question
from keyless_probe.rights.beyond import beyond
from keyless_probe.rights.held import held

AT_ONCE: Final = 2000
"""Things in an answer: Lambda carries 6 MB."""


def read(connection: "psycopg.Connection[Any]", question: Question) -> tuple[str, dict[str, Any]]:
    """Whom PostgreSQL takes the login for; and, as asked, the facts about a role; and the server's `version`,
    `things`: rights.held, with `more` where there are others behind, and `beyond`: rights.beyond."""
    with guarded(connection):
        row = connection.execute("SELECT session_user").fetchone()
        found: dict[str, Any] = facts(connection, question.about) if question.about else {}
        if question.itself:
            connection.execute("SET LOCAL ROLE NONE")
        if question.look:
            found |= _held(connection, question)
            found["beyond"] = beyond(connection, question.schemas, question.roles)
        return str(row and row[0]), found


def _held(connection: "psycopg.Connection[Any]", question: Question) -> dict[str, Any]:
    all_of = held(connection, question.schemas, question.keys)
    version = connection.info.server_version
    page = list(islice(all_of, question.start, question.start + AT_ONCE + 1))
    return {"version": version, "things": [one.as_json() for one in page[:AT_ONCE]], "more": len(page) > AT_ONCE}
