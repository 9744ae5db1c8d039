"""What PostgreSQL lets its own roles do everywhere, whatever the ACLs say."""

from typing import Final

_READ: Final = frozenset({"SELECT"})
_WRITE: Final = frozenset({"INSERT", "UPDATE", "DELETE"})
PREDEFINED: Final[dict[str, dict[str, frozenset[str]]]] = {
    "pg_read_all_data": {"table": _READ, "column": _READ, "sequence": _READ, "schema": frozenset({"USAGE"})},
    "pg_write_all_data": {
        "table": _WRITE,
        "column": _WRITE,
        "sequence": frozenset({"UPDATE"}),
        "schema": frozenset({"USAGE"}),
    },
    "pg_maintain": {"table": frozenset({"MAINTAIN"})},
}
"""https://www.postgresql.org/docs/current/predefined-roles.html"""
