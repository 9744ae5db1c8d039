"""A throwaway MariaDB or MySQL with the workload's tables, which can be reset to having no users."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from pymysql.cursors import DictCursor

from bench.mysql.workload import tables
from bench.workload import Size
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from keyless.rehearsal.servers.mysql.server import Server

MASTER, PASSWORD = "master", "only the bench's"
_OURS: Final = "^(u[0-9]{4}|keyless[~/].*)$"
_ACCOUNTS: Final = {
    "MariaDB": """
        SELECT User, JSON_VALUE(Priv, '$.plugin') AS plugin, JSON_VALUE(Priv, '$.ssl_type') > 0 AS tls,
            JSON_VALUE(Priv, '$.max_user_connections') AS sessions, JSON_VALUE(Priv, '$.default_role') AS role,
            IFNULL(JSON_VALUE(Priv, '$.account_locked'), 'false') NOT IN ('0', 'false') AS locked
        FROM mysql.global_priv WHERE User REGEXP '^u[0-9]{4}$'""",
    "MySQL": """
        SELECT User, plugin, ssl_type <> '' AS tls, max_user_connections AS sessions, DEFAULT_ROLE_USER AS role,
            account_locked = 'Y' AS locked
        FROM mysql.user LEFT JOIN mysql.default_roles USING (User) WHERE User REGEXP '^u[0-9]{4}$'""",
}
_EMPTIED: Final = {
    "MariaDB": (
        "DELETE FROM mysql.global_priv WHERE User REGEXP %(ours)s",
        "DELETE FROM mysql.db WHERE User REGEXP %(ours)s",
        "DELETE FROM mysql.roles_mapping WHERE User REGEXP %(ours)s OR Role REGEXP %(ours)s",
    ),
    "MySQL": (
        "DELETE FROM mysql.user WHERE User REGEXP %(ours)s",
        "DELETE FROM mysql.db WHERE User REGEXP %(ours)s",
        "DELETE FROM mysql.role_edges WHERE TO_USER REGEXP %(ours)s OR FROM_USER REGEXP %(ours)s",
        "DELETE FROM mysql.default_roles WHERE USER REGEXP %(ours)s",
        "DELETE FROM mysql.global_grants WHERE USER REGEXP %(ours)s",
    ),
}
"""Of the server's own tables. DROP USER takes MariaDB minutes for five hundred."""

Rights = dict[str, tuple[Any, ...]]
"""By user: how it logs in, and what it may do in which schema."""


@dataclass(frozen=True)
class Stage:
    server: Server
    size: Size

    def dial(self) -> socket.socket:
        return socket.create_connection((self.server.address, self.server.port))

    def reset(self) -> None:
        """No users and no roles."""
        for statement in (*_EMPTIED[self.server.kind.name], "FLUSH PRIVILEGES"):
            self._rows(statement, {"ours": _OURS})

    def drift(self) -> None:
        """Take one right away by hand, of the role or the account that has it."""
        query = "SELECT User FROM mysql.db WHERE Db = 's000' AND User REGEXP %(ours)s AND Insert_priv = 'Y' LIMIT 1"
        (held,) = self._rows(query, {"ours": _OURS})
        host = "" if self.server.kind == MARIADB else "@'%'"
        self._rows(f"REVOKE INSERT ON s000.* FROM {identifier(held['User'])}{host}")

    def rights(self) -> Rights:
        """Of each user, whether it has them itself or by the role that its sessions start with."""
        given: dict[str, set[tuple[str, ...]]] = {}
        for row in self._rows("SELECT * FROM mysql.db"):
            held = sorted(name for name, value in row.items() if name.endswith("_priv") and value == "Y")
            given.setdefault(row["User"], set()).add((row["Db"], *held))
        return {
            row["User"]: (
                row["plugin"],
                bool(row["tls"]),
                int(row["sessions"]),
                bool(row["locked"]),
                sorted(given.get(row["User"], set()) | given.get(row["role"], set())),
            )
            for row in self._rows(_ACCOUNTS[self.server.kind.name])
        }

    def _rows(self, query: str, values: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        with self.server.connect() as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())


@contextmanager
def staged(kind: type[Server], size: Size) -> Iterator[Stage]:
    with kind() as server:
        server.create_master(MASTER, PASSWORD, "bench")
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET GLOBAL innodb_file_per_table = OFF")  # a file of its own is a hundred kilobytes
            for statement in tables(size):
                cursor.execute(statement)
        yield Stage(server, size)
