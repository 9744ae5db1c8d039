"""The part of a plan about roles: their attributes, their comments, and which may be touched at all. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db_access.plan.changes import AlterRole, Change, CreateRole, DescribeRole
from db_access.postgresql.mark import comment
from db_access.postgresql.state import Current, CurrentRole, Desired, DesiredRole


def foreign_roles(desired: Desired, current: Current, managed_by: str) -> Iterator[str]:
    """Roles that exist and aren't ours, a sentence each."""
    for name in sorted(desired.roles.keys() & current.roles.keys()):
        owner = current.roles[name].managed_by
        if owner is None and not desired.roles[name].adopt:
            yield (
                f"role {name!r} exists and was made by somebody else; allowed: a name that is free or managed by "
                f"{managed_by!r}, or `adopt: true` beside it (for an owner or creator: on its schema), which takes it "
                "over"
            )
        elif owner is not None and owner != managed_by:
            yield (
                f"role {name!r} exists and is managed by {owner!r}; allowed: a name that is free or managed by "
                f"{managed_by!r}, `take_over: [{owner}]` in the spec, which takes over the roles that it declares, or, "
                f"if this spec has managed it under that name, `managed_by: {owner}` (--managed-by {owner})"
            )


def role_changes(roles: Mapping[str, DesiredRole], current: Current) -> Iterator[Change]:
    """Comments last: PostgreSQL 16+ works out for each what the master administers, anew after every CREATE ROLE."""
    for name, role in sorted(roles.items()):
        there = current.roles.get(name)
        if there is None:
            yield CreateRole(role, reason="declared and missing")
        elif differences := list(_differences(role, there)):
            yield AlterRole(
                role,
                tuple(sorted(there.elevated)),
                never_expires=role.valid_until is None and there.valid_until is not None,
                reason="; ".join(differences),
            )
    for name, role in sorted(roles.items()):
        there = current.roles.get(name)
        if there is not None and there.taken_from is not None:
            yield DescribeRole(role, reason=f"taken over from {there.taken_from!r}, who has managed it")
        elif there is None or comment(there) != comment(role):
            renewed = there is not None and _of_other_version(there, role)
            yield DescribeRole(role, renewed, reason="the comment marks who manages the role")


def _of_other_version(there: CurrentRole, role: DesiredRole) -> bool:
    """Whether the password's version is all that the comments differ in."""
    versions = there.password_version, role.password_version
    return None not in versions and comment(replace(there, password_version=versions[1])) == comment(role)


def _differences(role: DesiredRole, there: CurrentRole) -> Iterator[str]:
    for attribute in ("login", "inherit", "connection_limit", "valid_until"):
        is_, should = getattr(there, attribute), getattr(role, attribute)
        if is_ != should:
            room = ", which leaves the master room" if attribute == "connection_limit" and role.leaves_room else ""
            yield f"{attribute.replace('_', ' ')} is {is_}, not {should}{room}"
    if there.elevated:
        yield f"has {', '.join(sorted(there.elevated))}, which bypasses grants"
