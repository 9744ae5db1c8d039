"""The server's own spellings of privileges, as its tables have them, in the words of GRANT. Pure.

Sources: dev.mysql.com, "Grant Tables"; MariaDB's sql/privilege.h, whose bits `mysql.global_priv` has as one number.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.mysql.state import GRANT_OPTION

_COLUMNS: Final = {
    "CREATE TMP TABLE": "CREATE TEMPORARY TABLES",
    "SHOW DB": "SHOW DATABASES",
    "REPL SLAVE": "REPLICATION SLAVE",
    "REPL CLIENT": "REPLICATION CLIENT",
    "GRANT": GRANT_OPTION,
    "DELETE VERSIONING ROWS": "DELETE HISTORY",
}
_BITS: Final = (
    *("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "RELOAD", "SHUTDOWN", "PROCESS", "FILE", GRANT_OPTION),
    *("REFERENCES", "INDEX", "ALTER", "SHOW DATABASES", "SUPER", "CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE"),
    *("REPLICATION SLAVE", "BINLOG MONITOR", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE"),
    *("CREATE USER", "EVENT", "TRIGGER", "CREATE TABLESPACE", "DELETE HISTORY", "SET USER", "FEDERATED ADMIN"),
    *("CONNECTION ADMIN", "READ_ONLY ADMIN", "REPLICATION SLAVE ADMIN", "REPLICATION MASTER ADMIN", "BINLOG ADMIN"),
    *("BINLOG REPLAY", "SLAVE MONITOR", "SHOW CREATE ROUTINE"),
)


def of_columns(row: Mapping[str, Any]) -> frozenset[str]:
    """Of a row with a column for each privilege, such as `Create_view_priv`."""
    return frozenset(
        _word(name.removesuffix("_priv")) for name, value in row.items() if name.endswith("_priv") and value == "Y"
    )


def of_set(text: str | None) -> frozenset[str]:
    """Of a SET, such as `Select,Create View,Grant`."""
    return frozenset(map(_word, filter(None, (text or "").split(","))))


def of_bits(number: int) -> frozenset[str]:
    return frozenset(_from_bits(number))


def _from_bits(number: int) -> Iterator[str]:
    for position in range(number.bit_length()):
        if number >> position & 1:
            yield _BITS[position] if position < len(_BITS) else f"privilege number {position}"


def _word(written: str) -> str:
    text = written.replace("_", " ").upper()
    return _COLUMNS.get(text, text)
