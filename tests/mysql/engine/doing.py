"""What accounts can really do: tried out, with every role that they have, and undone again."""

from collections.abc import Iterable

import pymysql

from keyless.rehearsal.servers.mysql.accounts import identifier
from tests.mysql.servers import Instance, rows

TABLES = ("foo.event", "bar.event")
DOING = {
    "SELECT": "SELECT v FROM {} LIMIT 1",
    "INSERT": "INSERT INTO {} (id) VALUES (9)",
    "UPDATE": "UPDATE {} SET v = 2",
    "DELETE": "DELETE FROM {}",
    "key": "SELECT id FROM {}",
}
_REFUSED = {1044, 1142, 1143, 1370}
Can = frozenset[tuple[str, str]]


def tables(instance: Instance) -> None:
    with instance.superuser() as root:
        for table in TABLES:
            rows(root, f"CREATE DATABASE IF NOT EXISTS {table.partition('.')[0]}")
            rows(root, f"CREATE TABLE IF NOT EXISTS {table} (id INT PRIMARY KEY, v INT)")


def can(instance: Instance, name: str) -> Can | None:
    """None: it can't log in."""
    try:
        session = instance.log_in(name)
    except pymysql.err.OperationalError as error:
        assert error.args[0] in (1045, 3118, 4151), error
        return None
    with session:
        roles = ["ALL"] if not instance.is_mariadb else _roles(session)
        return frozenset().union(*(_with(session, role) for role in roles))


def _roles(session: pymysql.connections.Connection) -> list[str]:
    """MariaDB has one role at a time, of those given to the account itself."""
    own = "SELECT role_name FROM information_schema.applicable_roles WHERE grantee = CURRENT_USER()"
    found = rows(session, own)
    return ["NONE", *(f"`{name}`" for (name,) in found)]


def _with(session: pymysql.connections.Connection, role: str) -> Can:
    rows(session, f"SET ROLE {role}")
    return frozenset((what, table) for table in TABLES for what in DOING if _does(session, DOING[what].format(table)))


def _does(session: pymysql.connections.Connection, statement: str) -> bool:
    rows(session, "START TRANSACTION")
    try:
        rows(session, statement)
    except pymysql.err.OperationalError as error:
        assert error.args[0] in _REFUSED, error
        return False
    finally:
        rows(session, "ROLLBACK")
    return True


def everybody(instance: Instance, names: Iterable[str]) -> dict[str, Can | None]:
    return {name: can(instance, name) for name in names}


def forgotten(instance: Instance) -> None:
    """Every account and role that a run or test has made is dropped."""
    with instance.superuser() as root:
        found = rows(root, f"SELECT User, Host FROM {'mysql.global_priv' if instance.is_mariadb else 'mysql.user'}")
        for name, host in found:
            if not name.startswith(_KEPT) and name != instance.master:
                rows(root, f"DROP {'USER' if host else 'ROLE'} {identifier(name)}" + (f"@`{host}`" if host else ""))


_KEPT = ("rds", "mysql.", "mariadb.", "PUBLIC")
