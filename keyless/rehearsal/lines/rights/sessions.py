"""One session for each user and database, by the server's private socket, where nothing but PostgreSQL can refuse."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import psycopg

from db_access.spec import User
from keyless.rehearsal.lines.rights import doing
from keyless.rehearsal.lines.rights.asked import Asked
from keyless.rehearsal.lines.rights.beside import Beside, spec_roles
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.measured import Session, Tried
from keyless.rehearsal.lines.rights.probes import PLACE, Probe
from keyless.rehearsal.servers.postgres import Postgres
from keyless_probe.guarded import guarded
from keyless_probe.rights.beyond import beyond
from keyless_probe.rights.held import held

MOST: Final = 100
"""Users who try everything; of more, the first in the spec."""


def sessions(postgres: Postgres, user: User, meaning: Meaning, probes: Sequence[Probe]) -> Iterator[Session]:
    """What the user's sessions do as what they start as, and as the user itself where that is another."""
    acting = meaning.acts_as(user)
    try:
        connection = psycopg.connect(doing.with_options(postgres.conninfo(user.username, meaning.database)))
    except psycopg.OperationalError as error:
        yield Session(
            user.username, meaning.database, user.username, refused=str(error).rsplit("FATAL:", 1)[-1].strip()
        )
        return
    with connection:
        yield _tried(connection, user, meaning, probes, acting, itself=False)
        if acting != user.username:
            yield _tried(connection, user, meaning, probes, user.username, itself=True)


def _tried(
    connection: "psycopg.Connection[Any]",
    user: User,
    meaning: Meaning,
    probes: Sequence[Probe],
    role: str,
    *,
    itself: bool,
) -> Session:
    found = doing.answers(connection, probes, itself=itself)
    done = tuple(
        Tried(probe, meaning.allows(role, probe.thing, probe.column, probe.any_of), answer)
        for probe, answer in zip(probes, found, strict=True)
    )
    asked, rows = _asked(connection, meaning, role, itself=itself)
    lines = () if itself else tuple(Beside(meaning, rows, frozenset({PLACE})).of_user(user))
    tried = (*(asked.checked(one) for one in done), *asked.tried(done))
    return Session(user.username, meaning.database, role, tried, itself=itself, beyond=lines)


def _asked(
    connection: "psycopg.Connection[Any]", meaning: Meaning, role: str, *, itself: bool
) -> tuple[Asked, dict[str, list[list[Any]]]]:
    """What is there besides that is not tried, or can't be."""
    with guarded(connection):
        if itself:
            connection.execute("SET LOCAL ROLE NONE")
        schemas = [*meaning.schemas]
        told = tuple(held(connection, schemas, sorted(meaning.key_columns)))
        rows = beyond(connection, schemas, spec_roles(meaning.spec))
        return Asked(meaning, role, told, meaning.key_columns, connection.info.server_version), rows


def lets_in(user: User, meaning: Meaning) -> str:
    """Why PostgreSQL must not let the user in: part of its own words; empty when it must."""
    if not user.logs_in:
        return "is not permitted to log in"
    if user.connection_limit == 0:
        return "too many connections"
    allowed = meaning.open or meaning.database in meaning.spec.connectable(user)
    return "" if allowed else "permission denied for database"
