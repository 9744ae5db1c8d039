"""Violations as sentences for the operator."""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Connection

from db_access.postgresql.proof.compare import Violation
from db_access.postgresql.proof.routes import routes
from db_access.wording import first

_MOST: Final = 200
"""Violations that get a sentence; a locked PUBLIC that is open again is one for every user and class."""


def sentences(connection: Connection[Any], violations: Iterable[Violation]) -> list[str]:
    """A sentence each: user, object, privileges, and the route by which what is too much is held."""
    found = sorted(violations, key=lambda v: (v.username, v.of.kind, v.of.shown, v.missing))
    shown = found[:_MOST]
    by_way_of = routes(connection, [violation for violation in shown if not violation.missing])
    texts = (v.sentence(by_way_of.get((v.username, v.of.kind, v.of.oid), {})) for v in shown)
    return first(texts, _MOST, len(found))
