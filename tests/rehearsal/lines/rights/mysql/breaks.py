"""What somebody may do to a server by hand, as its superuser, and the line that must turn red by it."""

from collections.abc import Iterator
from typing import Final

import pymysql
import pytest

from keyless.rehearsal.servers.mysql.accounts import identifier
from tests.mysql.servers import Instance, rows

IAM: Final = "AWSAuthenticationPlugin"
Break = tuple[list[str], str]
"""Statements, and a pattern of the line and its reason. {profile}: the reader's role; {to}: how a default role is set."""
BOTH: Final[dict[str, Break]] = {
    "a right on a schema": (["GRANT UPDATE ON foo.* TO reader"], r"^reader: UPDATE on table foo\.event.*allowed"),
    "a right on a table": (["GRANT DELETE ON foo.child TO reader"], r"^reader: DELETE on table foo\.child"),
    "a right on a view": (["GRANT UPDATE ON foo.events TO reader"], r"^reader: UPDATE on view foo\.events.*allowed"),
    "a right on a view that takes none": (
        ["GRANT INSERT ON foo.counted TO reader"],
        r"^reader: INSERT on view foo\.counted.*allowed",
    ),
    "a right on a column": (
        ["GRANT UPDATE (v) ON foo.event TO reader"],
        r"^reader: columns of every table.*UPDATE of column v of table foo\.event",
    ),
    "a right that nothing tries": (
        ["GRANT DROP ON foo.event TO reader"],
        r"^reader: rights that the server names.*DROP on table foo\.event",
    ),
    "a right on a routine": (
        ["GRANT EXECUTE ON PROCEDURE foo.count_them TO reader"],
        r"^reader: EXECUTE on procedure foo\.count_them",
    ),
    "a right on everything": (
        ["GRANT PROCESS ON *.* TO reader"],
        r"^reader: statements about the server.*INNODB STATUS",
    ),
    "a rare right on everything": (
        ["GRANT REPLICATION SLAVE ON *.* TO reader"],
        r"^reader: rights that the server names.*REPLICATION SLAVE on everything",
    ),
    "a right to the group": (["GRANT DELETE ON bar.* TO readers"], r"^member: roles that it can go to.*role readers"),
    "a right to the role": (["GRANT INSERT ON foo.* TO {profile}"], r"^reader: INSERT on table foo\.event.*allowed"),
    "a wildcard on another schema": (
        ["CREATE DATABASE other", "GRANT SELECT ON `o%`.* TO reader"],
        r"^reader: (schemas that the spec lacks.*schema other|rights that the server names.*schemas like o%)",
    ),
    "a wildcard that reaches the schema": (
        ["GRANT UPDATE ON `f__`.* TO reader"],
        r"^reader: rights that the server names.*UPDATE on schemas like f__",
    ),
    "a wildcard with nothing new": (
        ["GRANT SELECT ON `f%`.* TO reader"],
        r"^reader: rights that the server names.*SELECT on schemas like f%",
    ),
    "a right of everybody's": (
        [
            "CREATE DATABASE other",
            "INSERT INTO mysql.db (Host, Db, User, Select_priv) VALUES ('%', 'other', '', 'Y')",
            "FLUSH PRIVILEGES",
        ],
        r"^reader: (schemas that the spec lacks|roles that it can go to).*schema other",
    ),
    "a right to pass on": (["GRANT SELECT ON foo.* TO reader WITH GRANT OPTION"], r"^reader: what it can pass on.*foo"),
    "a role to pass on": (["GRANT readers TO member WITH ADMIN OPTION"], r"^member: what it can pass on.*readers"),
    "whom it may act as": (
        ["CREATE USER chief IDENTIFIED BY 'p'", "GRANT PROXY ON chief TO reader"],
        r"^reader: what it can pass on.*PROXY",
    ),
    "another role": (
        ["CREATE ROLE r", "GRANT DELETE ON foo.* TO r", "GRANT r TO reader"],
        r"^reader: roles that it can go to.*DELETE on table foo\.event, as role r",
    ),
    "a right taken": (["REVOKE SELECT ON foo.* FROM {profile}"], r"^reader: SELECT on table foo\.event.*refused by M"),
    "the role taken": (["REVOKE {profile} FROM reader"], r"^reader: SELECT on table foo\.event.*refused by M"),
    "no default role": (["SET DEFAULT ROLE NONE {to} reader"], r"^reader: SELECT on table foo\.event.*refused by M"),
    "a key column taken": (
        ["REVOKE SELECT (id) ON foo.event FROM {keyed}"],
        r"^writer: SELECT on column id of table foo\.event.*refused by M",
    ),
    "a second host": (
        [f"CREATE USER reader@'127.0.0.1' IDENTIFIED WITH {IAM} AS 'RDS'"],
        r"^reader: how it logs in.*reader@127\.0\.0\.1",
    ),
    "a host elsewhere": (["CREATE USER reader@'10.%' IDENTIFIED BY 'p'"], r"^reader: how it logs in.*reader@10\.%"),
    "a password": (["ALTER USER reader IDENTIFIED BY 'p'"], r"^reader in database app: refused by M.*Access denied"),
    "no TLS": (["ALTER USER reader REQUIRE NONE"], r"^reader: how it logs in.*needs no TLS"),
    "a certificate": (["ALTER USER reader REQUIRE SUBJECT '/CN=x'"], r"^reader: how it logs in.*certificate"),
    "no limit": (["ALTER USER writer WITH MAX_USER_CONNECTIONS 0"], r"^writer: how it logs in.*limit is none"),
    "unlocked": (["ALTER USER paused ACCOUNT UNLOCK"], r"^paused in database app: allowed"),
    "locked": (["ALTER USER reader ACCOUNT LOCK"], r"^reader in database app: refused by M.*locked"),
    "gone": (["DROP USER reader"], r"^reader in database app: refused by M"),
    "nobody's account": (["CREATE USER ''@'localhost'"], r"^accounts without a name.*localhost gets in"),
    "a stranger": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT SELECT ON foo.event TO spy"],
        r"^what others have.*spy has SELECT on schemas like foo",
    ),
    "a stranger in a group": (
        ["CREATE USER spy IDENTIFIED BY 'p'", "GRANT readers TO spy"],
        r"^who is in the spec's groups.*spy is in readers",
    ),
    "a definer's routine": (
        ["CREATE DEFINER = rdsadmin@localhost PROCEDURE foo.spy() SELECT * FROM bar.x"],
        r"^whose views, routines, triggers and events.*procedure foo\.spy runs with the rights of rdsadmin@localhost",
    ),
    "a definer's view": (
        ["CREATE DEFINER = rdsadmin@localhost VIEW foo.all_of_it AS SELECT * FROM mysql.user"],
        r"^whose views.*view foo\.all_of_it runs with the rights of rdsadmin",
    ),
}
MARIADB: Final[dict[str, Break]] = {
    "PUBLIC": (["GRANT UPDATE ON foo.* TO PUBLIC"], r"^reader: UPDATE on table foo\.event.*allowed"),
    "PUBLIC elsewhere": (
        ["CREATE DATABASE other", "GRANT SELECT ON other.* TO PUBLIC"],
        r"^idle: schemas that the spec lacks.*other",
    ),
    "a second way": (
        [f"ALTER USER reader IDENTIFIED VIA {IAM} AS 'RDS' OR mysql_native_password USING PASSWORD('p')"],
        r"^reader: how it logs in.*second way",
    ),
}
MYSQL: Final[dict[str, Break]] = {
    "a mandatory role": (
        ["CREATE ROLE r", "GRANT UPDATE ON foo.* TO r", "SET GLOBAL mandatory_roles = 'r'"],
        r"^reader: roles that it can go to.*UPDATE on table foo\.event, as role r",
    ),
    "a dynamic right": (
        ["GRANT BACKUP_ADMIN ON *.* TO reader"],
        r"^reader: rights that the server names.*BACKUP_ADMIN on everything",
    ),
    "a second password": (
        ["ALTER USER clerk IDENTIFIED BY 'another' RETAIN CURRENT PASSWORD"],
        r"^clerk: how it logs in.*second way",
    ),
    "a group that logs in": (
        ["ALTER USER readers IDENTIFIED BY 'p' ACCOUNT UNLOCK"],
        r"^which of the spec's groups log in.*readers may log in",
    ),
}


def cases() -> Iterator[object]:
    for kind, breaks in (("mariadb", {**BOTH, **MARIADB}), ("mysql", {**BOTH, **MYSQL})):
        for name, (statements, found) in breaks.items():
            yield pytest.param(kind, statements, found, id=f"{kind}-{name}")


def carry_out(instance: Instance, statements: list[str]) -> None:
    with instance.superuser() as root:
        given = {"profile": _role(root, instance, "reader"), "keyed": _role(root, instance, "writer")}
        for statement in statements:
            broken = statement.format(to="FOR" if instance.is_mariadb else "TO", **given)
            try:
                rows(root, broken)
            except pymysql.err.OperationalError as error:
                if not instance.is_mariadb or error.args[0] not in (1698, 1959):
                    raise
                with instance.connect() as master:  # on MariaDB a role is its maker's to give
                    rows(master, broken)


def _role(root: "pymysql.connections.Connection", instance: Instance, user: str) -> str:
    """That of its rights."""
    maria, mysql = "SELECT Role, User FROM mysql.roles_mapping", "SELECT FROM_USER, TO_USER FROM mysql.role_edges"
    edges = rows(root, maria if instance.is_mariadb else mysql)
    return next(identifier(role) for role, name in edges if name == user and role.startswith("keyless~"))
