"""The database's side of a rotation: a role's password and its mark, in one transaction under the engine's lock."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from psycopg import Connection

from db_access.errors import RotationError
from db_access.plan.changes import DescribeRole, SetPassword
from db_access.postgresql import apply, ddl, passwords
from db_access.postgresql.catalog import password
from db_access.postgresql.catalog.password import PasswordRole
from db_access.postgresql.retry import retrying
from db_access.secrets import Secret

_REASON = "its secret is rotated"


def give(
    connect: Callable[[], Connection[Any]],
    username: str,
    secret: Secret,
    *,
    managed_by: str,
    comes_from: Callable[[str], bool],
    before_commit: Callable[[], None],
    lock: float,
    transient: float,
) -> None:
    """Set the password and the mark of a password user that the engine manages; leave the rest as it is.

    Args:
        connect: opens a connection as the master, outside autocommit.
        managed_by: the spec whose user it must be.
        comes_from: whether a version's id is one of the rotated secret: another secret's user is none of its business.
        before_commit: runs when password and mark are written; what it raises rolls both back.
        lock: seconds to wait for a run of the engine.
        transient: seconds for failures that pass.

    Raises:
        RotationError: when it is not such a user. Nothing was changed.
    """

    def attempt(connection: Connection[Any]) -> None:
        apply.lock(connection, lock)
        found = password.read(connection, username)
        role = replace(_checked(found, username, managed_by, comes_from).role, password_version=secret.version)
        change = SetPassword(username, secret.version, reason=_REASON)
        apply.execute(
            connection,
            [
                passwords.executable(change, {username: secret}, connection).as_bytes(connection),
                ddl.statement(DescribeRole(role, reason=_REASON)).as_bytes(connection),
            ],
        )
        before_commit()
        connection.commit()

    retrying(connect, transient, attempt)


def _checked(
    found: PasswordRole | None, username: str, managed_by: str, comes_from: Callable[[str], bool]
) -> PasswordRole:
    if found is None:
        raise _refused(username, "there is no such role; deploy the access spec first")
    if found.role.managed_by != managed_by:
        raise _refused(username, f"the role is managed by {found.role.managed_by or 'nobody'!r}, not by {managed_by!r}")
    if found.role.password_version is None:
        raise _refused(username, "the engine gave it no password; deploy the access spec with this secret first")
    if found.iam:
        raise _refused(username, "it is a member of rds_iam, perhaps through another role, so no password lets it in")
    if not comes_from(found.role.password_version):
        raise _refused(username, f"its password comes from another secret (version {found.role.password_version})")
    return found


def _refused(username: str, why: str) -> RotationError:
    return RotationError(
        f"the password of user {username!r} is not rotated: {why}; allowed: password users of the access spec, from "
        "their own secret"
    )
