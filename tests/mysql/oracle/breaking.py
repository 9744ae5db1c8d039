"""What somebody may do to a server by hand, as its superuser: each a few statements about one user of the spec."""

from dataclasses import dataclass
from typing import Final

import pymysql

from keyless.rehearsal.servers.mysql.accounts import identifier
from tests.mysql.servers import Instance, rows


@dataclass(frozen=True)
class Victims:
    """Who and what is broken."""

    user: str
    role: str
    """Its profile, or a group."""
    group: str
    marker: str
    schema: str
    elsewhere: str
    """A schema that the spec doesn't declare."""
    table: str


_ON_BOTH: Final = {
    "schema": ["GRANT SELECT, INSERT ON {elsewhere}.* TO {user}"],
    "own schema": ["GRANT SELECT, INSERT, UPDATE, DELETE, DROP ON {schema}.* TO {user}"],
    "schema to the role": ["GRANT DROP ON {schema}.* TO {role}"],
    "table": ["GRANT UPDATE ON {elsewhere}.{table} TO {user}"],
    "table to the role": ["GRANT DELETE, DROP ON {schema}.{table} TO {role}"],
    "column": ["GRANT SELECT (v), UPDATE (v) ON {elsewhere}.{table} TO {role}"],
    "routine": ["GRANT EXECUTE ON PROCEDURE {elsewhere}.a_procedure TO {user}"],
    "everything": ["GRANT INSERT, FILE ON *.* TO {role}"],
    "grant option": ["GRANT USAGE ON {schema}.* TO {user} WITH GRANT OPTION"],
    "pattern": ["GRANT SELECT ON `%`.* TO {user}"],
    "another pattern": ["GRANT SELECT ON `%%\\_%`.* TO {role}"],
    "stranger's role": ["GRANT SELECT ON {elsewhere}.* TO stranger_role", "GRANT stranger_role TO {user}"],
    "role in role": ["GRANT DELETE ON {elsewhere}.* TO stranger_role", "GRANT stranger_role TO {role}"],
    "role to the marker": ["GRANT DELETE ON {elsewhere}.* TO stranger_role", "GRANT stranger_role TO {marker}"],
    "schema to the marker": ["GRANT SELECT, DELETE ON {elsewhere}.* TO {marker}"],
    "marker": ["GRANT {marker} TO {user} WITH ADMIN OPTION"],
    "group": ["GRANT {group} TO {user}"],
    "admin": ["GRANT {role} TO {user} WITH ADMIN OPTION"],
    "no TLS": ["ALTER USER {user} REQUIRE NONE"],
    "certificate": ["ALTER USER {user} REQUIRE SUBJECT '/CN=x'"],
    "locked": ["ALTER USER {user} ACCOUNT LOCK"],
    "unlocked": ["ALTER USER {user} ACCOUNT UNLOCK"],
    "password": ["ALTER USER {user} IDENTIFIED BY 'x'"],
    "limit": ["ALTER USER {user} WITH MAX_USER_CONNECTIONS 0"],
    "host": ["CREATE USER {name}@'127.0.0.1' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'"],
    "host with rights": [
        "CREATE USER {name}@'127.0.0.%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
        "GRANT SELECT ON {elsewhere}.* TO {name}@'127.0.0.%'",
    ],
    "proxy": ["GRANT PROXY ON stranger TO {user}"],
    "account gone": ["DROP USER {user}"],
    "role gone": ["DROP ROLE {role}"],
    "rights gone": ["REVOKE ALL PRIVILEGES, GRANT OPTION FROM {role}"],
    "everybody's": [
        "INSERT INTO mysql.db (Host, Db, User, Select_priv) VALUES ('%', '{elsewhere_text}', '', 'Y')",
        "FLUSH PRIVILEGES",
    ],
    "renamed": ["RENAME USER {user} TO away"],
}
_OF_MARIADB: Final = {
    "PUBLIC": ["GRANT SELECT ON {elsewhere}.* TO PUBLIC"],
    "role to PUBLIC": ["GRANT SELECT ON {elsewhere}.* TO stranger_role", "GRANT stranger_role TO PUBLIC"],
    "a second way": [
        "ALTER USER {user} IDENTIFIED VIA AWSAuthenticationPlugin USING 'RDS' OR mysql_native_password USING "
        "PASSWORD('x')"
    ],
    "no default role": ["SET DEFAULT ROLE NONE FOR {user}"],
    "another default role": ["GRANT stranger_role TO {user}", "SET DEFAULT ROLE stranger_role FOR {user}"],
    "role taken": ["REVOKE {role} FROM {user}"],
}
_OF_MYSQL: Final = {
    "mandatory role": [
        "GRANT SELECT ON {elsewhere}.* TO stranger_role",
        "SET GLOBAL mandatory_roles = 'stranger_role'",
    ],
    "no default role": ["SET DEFAULT ROLE NONE TO {user}"],
    "another default role": ["GRANT stranger_role TO {user}", "SET DEFAULT ROLE stranger_role TO {user}"],
    "role is an account": ["ALTER USER {role} IDENTIFIED BY 'x' ACCOUNT UNLOCK"],
    "dynamic": ["GRANT CONNECTION_ADMIN, ROLE_ADMIN ON *.* TO {role}"],
    "role taken": ["REVOKE {role} FROM {user}"],
    "a second password": [
        "ALTER USER {user} IDENTIFIED BY 'x'",
        "ALTER USER {user} IDENTIFIED BY 'y' RETAIN CURRENT PASSWORD",
    ],
}


def ways(instance: Instance) -> dict[str, list[str]]:
    return _ON_BOTH | (_OF_MARIADB if instance.is_mariadb else _OF_MYSQL)


def broken(instance: Instance, way: str, victims: Victims) -> None:
    names = {
        "user": f"{identifier(victims.user)}@'%'",
        "name": identifier(victims.user),
        "elsewhere_text": victims.elsewhere.replace("\\", "\\\\").replace("'", "''"),
        **{
            each: identifier(getattr(victims, each))
            for each in ("role", "group", "marker", "schema", "elsewhere", "table")
        },
    }
    for statement in ways(instance)[way]:
        for each, name in names.items():
            statement = statement.replace("{" + each + "}", name)
        _carried_out(instance, statement)


def _carried_out(instance: Instance, statement: str) -> None:
    """MariaDB's roles are given by whoever made them: the superuser or the master."""
    try:
        with instance.superuser() as root:
            rows(root, statement)
    except pymysql.err.OperationalError as error:
        if not instance.is_mariadb or error.args[0] not in (1698, 1959):
            raise
        with instance.connect() as master:
            rows(master, statement)
