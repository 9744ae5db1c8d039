"""All that is read behind a login that works: nothing but what any login may read of itself."""

from typing import Any, Final

from pymysql.connections import Connection

from keyless_probe.mysql.told import read as taken_apart
from keyless_probe.question import Question

_WHO: Final = "SELECT CURRENT_USER(), VERSION()"
_CIPHER: Final = "SHOW SESSION STATUS LIKE 'Ssl_cipher'"
_COLUMNS: Final = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGES FROM information_schema.COLUMNS "
    "WHERE CONCAT(TABLE_SCHEMA) IN %s ORDER BY 1, 2, ORDINAL_POSITION"
)
_ANY_HOST: Final = "@%"


def read(connection: "Connection[Any]", question: Question) -> tuple[str, dict[str, Any]]:
    """Whom the server takes the login for: `name`, or `name@host` for an account of one host; and, as asked, the
    server's `version` and whether the session is `encrypted`; `told`: SHOW GRANTS, taken apart, and `columns` with
    their privileges in `schemas`."""
    ((account, version),) = _query(connection, _WHO)
    found: dict[str, Any] = {}
    if question.about:
        ((_, cipher),) = _query(connection, _CIPHER)
        found |= {"version": version, "encrypted": bool(cipher)}
    if question.look:
        found["told"] = taken_apart(line for (line,) in _query(connection, "SHOW GRANTS")).as_json()
        found["columns"] = _query(connection, _COLUMNS, question.schemas) if question.schemas else []
    return str(account).removesuffix(_ANY_HOST), found


def _query(connection: "Connection[Any]", statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())
