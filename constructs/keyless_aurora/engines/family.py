"""Families of engines: what every engine of one has alike, whoever runs it. Data; knows no CDK."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True)
class Variables:
    """The variables of its own clients' that say where to log in, and as whom."""

    host: str
    port: str
    user: str
    database: str


class Family(StrEnum):
    """Engines that speak one protocol and keep users in one way."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLSERVER = "sqlserver"
    ORACLE = "oracle"
    DB2 = "db2"

    @property
    def port(self) -> int:
        """What its databases listen on, and its proxies, which can on no other."""
        return _PORTS[self]

    @property
    def variables(self) -> Variables:
        """libpq's for PostgreSQL, those of MySQL's own programs for its family. No other family has a client here."""
        return _VARIABLES[self]

    @property
    def whole_server(self) -> bool:
        """Whether its users and their grants are the server's, so that one run carries out the whole access spec. On
        PostgreSQL a transaction is of one database, and so is a run."""
        return self is Family.MYSQL


_PORTS: Final = {
    Family.POSTGRESQL: 5432,
    Family.MYSQL: 3306,
    Family.SQLSERVER: 1433,
    Family.ORACLE: 1521,
    Family.DB2: 50_000,
}
_VARIABLES: Final = {
    Family.POSTGRESQL: Variables("PGHOST", "PGPORT", "PGUSER", "PGDATABASE"),
    Family.MYSQL: Variables("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE"),
}
DATABASE_PORTS: Final = frozenset(_PORTS.values())
