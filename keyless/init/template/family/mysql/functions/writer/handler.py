"""Writes rows. Runs as the user `writer`, which may write the first table and read nothing of it."""

import json
from typing import Any

from ulid import ULID

from keyless_client.drivers.pymysql import connect

TABLE = "`@@{schema}`.`@@{table}`"


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Store {"rows": [{...}, ...]}, all or none: {"written": how many}.

    Raises:
        ValueError: when the event is something else.
    """
    rows = valid_rows(event)
    insert = f"INSERT INTO {TABLE} (id, body) VALUES (%s, %s)"
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany(insert, [(str(ULID()), json.dumps(row)) for row in rows])
        connection.commit()
    return {"written": len(rows)}


def valid_rows(event: object) -> list[dict[str, Any]]:
    rows = event.get("rows") if isinstance(event, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError('nothing written: the event must be {"rows": [{...}, ...]} with at least one row')
    return rows
