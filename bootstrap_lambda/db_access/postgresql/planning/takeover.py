"""Roles that another spec has managed, and that the spec declares and takes over. Pure.

The comment says from whom a role was taken. CloudFormation rolls a takeover back by an update of the one it was taken
from, which gets back what the comments say was its own, and nothing else, whatever the update says.
"""

from collections.abc import Mapping
from dataclasses import replace

from db_access.postgresql.state import Current, CurrentRole, Desired, DesiredRole


def taken_over(current: Current, desired: Desired, managed_by: str) -> Current:
    """`current`, in which the declared roles of the managers that the spec takes over from are ours, and those that it
    is given back.

    A role of theirs that it doesn't declare stays theirs.
    """
    if not (desired.take_over or desired.take_back):
        return current
    theirs = {
        name: _taken(role, managed_by, desired)
        for name, role in current.roles.items()
        if name in desired.roles and (role.managed_by in desired.take_over or _ours_before(role, managed_by, desired))
    }
    return replace(current, roles={**current.roles, **theirs}) if theirs else current


def _ours_before(role: CurrentRole, managed_by: str, desired: Desired) -> bool:
    return role.managed_by in desired.take_back and role.taken_over_from == managed_by


def _taken(role: CurrentRole, managed_by: str, desired: Desired) -> CurrentRole:
    former = None if _ours_before(role, managed_by, desired) else role.managed_by
    return replace(role, managed_by=managed_by, taken_over_from=former, taken_from=role.managed_by)


def kept_former(roles: Mapping[str, DesiredRole], current: Current) -> dict[str, DesiredRole]:
    """`roles`, where those that were taken over still say from whom."""
    return {
        name: replace(role, taken_over_from=there.taken_over_from)
        if (there := current.roles.get(name)) is not None and there.managed_by == role.managed_by
        else role
        for name, role in roles.items()
    }
