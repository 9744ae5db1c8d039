"""The part of a plan about passwords. Pure.

Passwords can't be read, so what counts is the version of the secret that the role's comment names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db_access.plan.changes import Change, ClearPassword, SetPassword
from db_access.postgresql.desired.roles import RDS_IAM
from db_access.postgresql.state import Current, Desired, DesiredRole

Roles = Mapping[str, DesiredRole]


def kept_passwords(roles: Roles, current: Current) -> dict[str, DesiredRole]:
    """`roles`, where those whose secret this run doesn't know keep the password that they got under this spec."""
    return {
        name: replace(role, password_version=current.roles[name].password_version)
        if role.keeps_password and name in current.roles and current.roles[name].managed_by == role.managed_by
        else role
        for name, role in roles.items()
    }


def password_changes(roles: Roles, desired: Desired, current: Current) -> Iterator[Change]:
    """Who comes under IAM, or comes to us from elsewhere, may have a password that no comment tells of."""
    already = {m.member for m in current.memberships if m.role == RDS_IAM}
    becoming_iam = {m.member for m in desired.memberships if m.role == RDS_IAM} - already
    for name, role in sorted(roles.items()):
        there = current.roles.get(name)
        if role.password_version is not None:
            if there is None or there.password_version != role.password_version:
                reason = "its secret has another version than the role's comment names"
                renewed = there is not None and there.password_version is not None
                yield SetPassword(name, role.password_version, renewed, reason=reason)
        elif there is None:
            continue
        elif there.password_version is not None:
            yield ClearPassword(name, reason="the spec gives it no password")
        elif there.managed_by is None or name in becoming_iam:
            yield ClearPassword(name, reason="it may have one that the spec doesn't give")
