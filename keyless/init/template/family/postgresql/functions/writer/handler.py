"""Writes rows. Runs as the user `writer`, which may write the first table and read nothing of it."""

from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from ulid import ULID

import keyless_client

TABLE = sql.Identifier("@@{schema}", "@@{table}")


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Store {"rows": [{...}, ...]}, all or none: {"written": how many}.

    Raises:
        ValueError: when the event is something else.
    """
    rows = valid_rows(event)
    insert = sql.SQL("INSERT INTO {} (id, body) VALUES (%s, %s)").format(TABLE)
    connection = keyless_client.connect()
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(insert, [(str(ULID()), Jsonb(row)) for row in rows])
    return {"written": len(rows)}


def valid_rows(event: object) -> list[dict[str, Any]]:
    rows = event.get("rows") if isinstance(event, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError('nothing written: the event must be {"rows": [{...}, ...]} with at least one row')
    return rows
