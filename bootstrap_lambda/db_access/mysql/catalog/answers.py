"""What a server answers about rights: the queries. Pure."""

from collections.abc import Collection
from typing import Final

from db_access.mysql.identifiers import literals

_COLUMNS: Final = {
    "USER_PRIVILEGES": "",
    "SCHEMA_PRIVILEGES": ", TABLE_SCHEMA AS in_schema",
    "TABLE_PRIVILEGES": ", TABLE_SCHEMA AS in_schema, TABLE_NAME AS name",
    "COLUMN_PRIVILEGES": ", TABLE_SCHEMA AS in_schema, TABLE_NAME AS name, COLUMN_NAME AS part",
}


def answers(grantees: Collection[str] | None = None) -> dict[str, str]:
    """`grantees`: as the server writes them; None: all."""
    within = "" if grantees is None else f" WHERE GRANTEE IN ({literals(grantees)})"
    return {
        table: f"SELECT GRANTEE AS grantee, PRIVILEGE_TYPE AS privilege, IS_GRANTABLE AS grantable{columns} "
        f"FROM information_schema.{table}{within}"
        for table, columns in _COLUMNS.items()
    }
