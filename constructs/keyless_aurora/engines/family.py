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
        """What its databases listen on with TLS, and its proxies, which can on no other."""
        return _PORTS[self]

    @property
    def listener(self) -> int:
        """What RDS calls the port of its databases. Oracle and Db2 have TLS on a second one, and nobody is let to this
        one: UserGuide/Appendix.Oracle.Options.SSL, UserGuide/Db2.Concepts.SSL."""
        return _LISTENERS.get(self, self.port)

    @property
    def variables(self) -> Variables:
        """libpq's for PostgreSQL, those of MySQL's own programs for its family; of the others, which have no client
        here, names of this project's own."""
        return _VARIABLES[self]

    @property
    def converged(self) -> bool:
        """Whether an engine of this project makes its users, and proves what they may do."""
        return self in (Family.POSTGRESQL, Family.MYSQL)

    @property
    def whole_server(self) -> bool:
        """Whether its users and their grants are the server's, so that one run carries out the whole access spec. On
        PostgreSQL a transaction is of one database, and so is a run."""
        return self is Family.MYSQL


_PORTS: Final = {
    Family.POSTGRESQL: 5432,
    Family.MYSQL: 3306,
    Family.SQLSERVER: 1433,
    Family.ORACLE: 2484,
    Family.DB2: 50_443,
}
_LISTENERS: Final = {Family.ORACLE: 1521, Family.DB2: 50_000}
_OF_NO_CLIENT: Final = Variables("DB_HOST", "DB_PORT", "DB_USER", "DB_NAME")
_VARIABLES: Final = {
    Family.POSTGRESQL: Variables("PGHOST", "PGPORT", "PGUSER", "PGDATABASE"),
    Family.MYSQL: Variables("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE"),
    Family.SQLSERVER: _OF_NO_CLIENT,
    Family.ORACLE: _OF_NO_CLIENT,
    Family.DB2: _OF_NO_CLIENT,
}
DATABASE_PORTS: Final = frozenset(_PORTS.values()) | frozenset(_LISTENERS.values())
