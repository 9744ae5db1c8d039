"""Makes a fresh server look like RDS to a user without SUPER: the owner, the master, and `mysql.rds_kill`.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
"""

from collections.abc import Iterable
from typing import Final

from pymysql.connections import Connection

from keyless.rehearsal.servers.mysql.kinds import MARIADB, MYSQL, Kind

OWNER: Final = "rdsadmin"
ROLE: Final = "rds_superuser_role"

_RIGHTS: Final = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION CLIENT, REPLICATION SLAVE, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)
_MYSQL_RIGHTS: Final = (
    "CREATE ROLE, DROP ROLE, APPLICATION_PASSWORD_ADMIN, ROLE_ADMIN, SET_ANY_DEFINER, XA_RECOVER_ADMIN"
)
_NOT_ON_MYSQL: Final = (
    "INSERT, UPDATE, DELETE, CREATE, DROP, REFERENCES, INDEX, ALTER, LOCK TABLES, CREATE VIEW, CREATE ROUTINE, "
    "ALTER ROUTINE, EVENT, TRIGGER"
)
"""Of the schema `mysql`: RDS's MySQL lets nobody else write there. How it does so, AWS doesn't say."""


def bootstrap(connection: Connection, kind: Kind) -> None:
    """Give the new server's only superuser RDS's name, and make what RDS has for masters that may not KILL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user, host FROM mysql.user WHERE user = 'root' AND host <> 'localhost'")
        for others in cursor.fetchall():  # of MariaDB's, without a password
            cursor.execute("DROP USER %s@%s", others)
    statements = [
        f"RENAME USER root@localhost TO {OWNER}@localhost",
        f"CREATE DEFINER = {OWNER}@localhost PROCEDURE mysql.rds_kill(IN thread BIGINT) KILL thread",
        f"CREATE DEFINER = {OWNER}@localhost PROCEDURE mysql.rds_kill_query(IN thread BIGINT) KILL QUERY thread",
    ]
    if kind == MYSQL:
        statements += [
            f"CREATE ROLE {ROLE}",
            f"GRANT {_RIGHTS}, {_MYSQL_RIGHTS} ON *.* TO {ROLE} WITH GRANT OPTION",
            f"REVOKE {_NOT_ON_MYSQL} ON mysql.* FROM {ROLE}",
        ]
    _execute(connection, *statements)


def create_master(connection: Connection, kind: Kind, name: str, password: str, database: str) -> None:
    """Create the master, who logs in by password, and a first database."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (name, password))
        if kind == MARIADB:
            cursor.execute(f"GRANT {_RIGHTS} ON *.* TO %s@'%%' WITH GRANT OPTION", (name,))
        else:
            cursor.execute(f"GRANT {ROLE} TO %s@'%%' WITH ADMIN OPTION", (name,))
            cursor.execute("SET DEFAULT ROLE ALL TO %s@'%%'", (name,))
        cursor.execute(f"CREATE DATABASE {identifier(database)}")


def create_databases(connection: Connection, names: Iterable[str]) -> None:
    """Where they are missing."""
    _execute(connection, *(f"CREATE DATABASE IF NOT EXISTS {identifier(name)}" for name in names))


def set_password(connection: Connection, user: str, password: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER USER %s@'%%' IDENTIFIED BY %s", (user, password))


def identifier(name: str) -> str:
    """A name between backticks."""
    return "`" + name.replace("`", "``") + "`"


def _execute(connection: Connection, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
