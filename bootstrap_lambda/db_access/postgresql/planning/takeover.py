"""Roles that another spec has managed, and that the spec declares and takes over. Pure."""

from dataclasses import replace

from db_access.postgresql.state import Current, Desired


def taken_over(current: Current, desired: Desired, managed_by: str) -> Current:
    """`current`, in which the declared roles of the managers that the spec takes over from are ours.

    A role of theirs that it doesn't declare stays theirs.
    """
    if not desired.take_over:
        return current
    theirs = {
        name: replace(role, managed_by=managed_by, taken_from=role.managed_by)
        for name, role in current.roles.items()
        if name in desired.roles and role.managed_by in desired.take_over
    }
    return replace(current, roles={**current.roles, **theirs}) if theirs else current
