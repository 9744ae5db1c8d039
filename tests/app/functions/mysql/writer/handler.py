"""Writes events to a MySQL or MariaDB: a sample function that may write but not read. Copy it for your own.

Runs as the user `lambda_writer`, which has INSERT, UPDATE and DELETE but no SELECT, so no statement here reads a table.
"""

import json
from typing import Any

from keyless_client.drivers.pymysql import connect

MAX_EVENTS = 1000
MAX_NAME_LENGTH = 200


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Store {"events": [{"name": ..., "payload": {...}}, ...]}, all or none: {"written": how many}.

    Raises:
        ValueError: listing everything that is wrong with the event.
    """
    events = valid_events(event)
    rows = [(each["name"], json.dumps(each["payload"])) for each in events]
    with connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO foo.event (name, payload) VALUES (%s, %s)", rows)
        cursor.execute("INSERT INTO bar.audit (written_by, events) VALUES (CURRENT_USER(), %s)", [len(events)])
        connection.commit()
    return {"written": len(events)}


def valid_events(event: object) -> list[dict[str, Any]]:
    """The events to write. Raises ValueError listing every problem."""
    events = event.get("events") if isinstance(event, dict) else None
    if not isinstance(events, list) or not 1 <= len(events) <= MAX_EVENTS:
        raise ValueError(f'nothing written: the event must be {{"events": [...]}} with 1 to {MAX_EVENTS} events')
    if problems := [
        f"events[{index}]: {problem}" for index, entry in enumerate(events) for problem in _problems(entry)
    ]:
        raise ValueError("\n  - ".join([f"nothing written: the events have {len(problems)} problem(s):", *problems]))
    return events


def _problems(entry: object) -> list[str]:
    if not isinstance(entry, dict):
        return ['must be an object {"name": string, "payload": object}']
    problems = [
        f"unknown field {field!r}; allowed: name, payload" for field in sorted(entry.keys() - {"name", "payload"})
    ]
    name = entry.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_NAME_LENGTH or "\0" in name:
        problems.append(f"name must be a string of 1 to {MAX_NAME_LENGTH} characters without NUL")
    if not isinstance(entry.get("payload"), dict):
        problems.append("payload must be an object")
    return problems
