"""A probe's questions, asked in a user's session."""

from typing import Any

import psycopg

from keyless_probe.question import Question
from keyless_probe.reading import read
from tests.conftest import Database


def session(database: Database, user: str) -> "psycopg.Connection[Any]":
    """As a probe's own (keyless_probe.login)."""
    return psycopg.connect(database.conninfo(user), autocommit=True, prepare_threshold=None)


def asked(connection: "psycopg.Connection[Any]", *schemas: str, **more: Any) -> dict[str, Any]:
    """The facts, and what is held in the schemas."""
    question = Question("", "h", 5432, "u", "d", look=True, schemas=schemas, about="somebody", **more)
    return read(connection, question)[1]
