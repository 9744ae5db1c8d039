"""Tries probes in a user's session, each in a savepoint, all of them in one round trip; nothing is left of them."""

import json
from collections.abc import Sequence
from typing import Any, Final

from psycopg import Connection
from psycopg.conninfo import make_conninfo

from keyless.rehearsal.lines.rights.measured import Answer
from keyless.rehearsal.lines.rights.probes import Probe

OPTIONS: Final = (
    "-c search_path=pg_catalog,pg_temp -c statement_timeout=0 -c lock_timeout=5s -c client_min_messages=error "
    "-c default_transaction_read_only=off"
)
# Whatever a probe does is undone by the exception that ends its block. KR001 and KR002: PostgreSQL does another thing
# than it says when it is asked, which is neither a right nor the lack of one.
_TRY_ALL: Final = """
DO LANGUAGE plpgsql $$
DECLARE
    probe pg_catalog.json;
    answers pg_catalog.json[] := '{}';
    there pg_catalog.bool;
    code pg_catalog.text;
    said pg_catalog.text;
BEGIN
    FOR probe IN
        SELECT pg_catalog.json_array_elements(pg_catalog.current_setting('rehearsal.probes')::pg_catalog.json)
    LOOP
        there := NULL;
        BEGIN
            EXECUTE coalesce(probe ->> 'asked', 'SELECT NULL::pg_catalog.bool') INTO there;
        EXCEPTION WHEN insufficient_privilege THEN
            there := false;  -- of a schema that it may not use
        END;
        BEGIN
            EXECUTE probe ->> 'statement';
            RAISE EXCEPTION USING ERRCODE = 'OK000';
        EXCEPTION WHEN OTHERS THEN
            code := SQLSTATE;
            said := SQLERRM;
        END;
        IF there AND (probe ->> 'right_first')::pg_catalog.bool THEN
            code := 'OK000';
        ELSIF there AND code = '42501' THEN
            code := 'KR001';
            said := 'PostgreSQL says that the right is there, and yet: ' || said;
        ELSIF NOT there AND code = 'OK000' THEN
            code := 'KR002';
            said := 'PostgreSQL says that the right is not there, and yet it was done';
        END IF;
        answers := answers || pg_catalog.json_build_array(code, said);
    END LOOP;
    PERFORM pg_catalog.set_config('rehearsal.answers', pg_catalog.array_to_json(answers)::pg_catalog.text, false);
END
$$
"""


def with_options(conninfo: str) -> str:
    """The session's own settings hold, but for the search path, time limits and what it is told."""
    return make_conninfo(conninfo, options=OPTIONS)


def answers(connection: "Connection[Any]", probes: Sequence[Probe], *, itself: bool) -> list[Answer]:
    """What PostgreSQL answers to each.

    Args:
        connection: the user's, not in autocommit mode.
        itself: as the user, not as what its sessions start as.
    """
    statements = json.dumps([_as_json(probe, connection) for probe in probes])
    try:
        if itself:
            connection.execute("SET ROLE NONE")
        connection.execute("SELECT pg_catalog.set_config('rehearsal.probes', %s, false)", [statements])
        connection.execute(_TRY_ALL)
        row = connection.execute("SELECT pg_catalog.current_setting('rehearsal.answers')").fetchone()
    finally:
        connection.rollback()
    return [Answer(*pair) for pair in json.loads(row[0])] if row else []


def _as_json(probe: Probe, connection: "Connection[Any]") -> dict[str, Any]:
    return {
        "statement": probe.statement.as_string(connection),
        "asked": probe.asked.as_string(connection) if probe.asked else None,
        "right_first": probe.right_first,
    }
