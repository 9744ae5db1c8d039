"""All that a server keeps about accounts and rights, but times and verifiers of passwords."""

import re
from typing import Any, Final

from tests.mysql.servers import Instance

_ON_BOTH: Final = {
    "db": ("User", "db.*"),
    "tables_priv": ("User", "Host, Db, Table_name, Table_priv, Column_priv"),
    "columns_priv": ("User", "Host, Db, Table_name, Column_name, Column_priv"),
    "procs_priv": ("User", "Host, Db, Routine_name, Routine_type, Proc_priv"),
    "proxies_priv": ("User", "Host, Proxied_host, Proxied_user, With_grant"),
}
_OF_MARIADB: Final = {"global_priv": ("User", "Host, Priv"), "roles_mapping": ("User", "Host, Role, Admin_option")}
_OF_MYSQL: Final = {
    "user": ("User", "user.*"),
    "role_edges": ("TO_USER", "FROM_HOST, FROM_USER, TO_HOST, WITH_ADMIN_OPTION"),
    "default_roles": ("USER", "HOST, DEFAULT_ROLE_HOST, DEFAULT_ROLE_USER"),
    "global_grants": ("USER", "HOST, PRIV, WITH_GRANT_OPTION"),
}
_PASSING: Final = re.compile(
    r'("(password_last_changed|authentication_string|password_lifetime)": *("[^"]*"|-?\d+)|"default_role":""),?'
)
_OF_PASSWORDS: Final = ("password_last_changed", "authentication_string")
Dump = dict[str, set[tuple[str, ...]]]


def dumped(instance: Instance) -> Dump:
    """By account or role: what each table says of it."""
    found: Dump = {}
    tables = {**_ON_BOTH, **(_OF_MARIADB if instance.is_mariadb else _OF_MYSQL)}
    with instance.superuser() as root, root.cursor() as cursor:
        for table, (whose, columns) in tables.items():
            cursor.execute(f"SELECT {whose} AS whose, {columns} FROM mysql.{table}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                said = map(_kept, names[1:], row[1:])
                found.setdefault(_text(row[0]), set()).add((table, *said))
    return found


def differing(one: Dump, other: Dump) -> list[str]:
    """What either says and the other doesn't, by name."""
    return [
        f"{name!r}: {sorted(one.get(name, set()) - other.get(name, set()))} and not "
        f"{sorted(other.get(name, set()) - one.get(name, set()))}"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def _kept(name: str, value: Any) -> str:
    return "" if name in _OF_PASSWORDS else _PASSING.sub("", _text(value))


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
