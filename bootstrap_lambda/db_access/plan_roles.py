"""The part of a plan about roles: attributes, memberships, sessions, and who may be touched at all. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from db_access.changes import ActAs, AlterRole, Change, CreateRole, DescribeRole, GrantRole, RevokeRole
from db_access.state import Membership, Role, State


def foreign_roles(desired: State, current: State, managed_by: str) -> Iterator[str]:
    for name in sorted(desired.roles.keys() & current.roles.keys()):
        owner = current.roles[name].managed_by
        if owner != managed_by:
            whose = f"is managed by {owner!r}" if owner else "was made by somebody else"
            yield f"role {name!r} exists and {whose}; allowed: a name that is free or managed by {managed_by!r}"


def retired(current: State, managed_by: str, kept: Set[str]) -> dict[str, Role]:
    """Every role we own, as it is to be when the spec doesn't mention it."""
    return {
        role.name: replace(role, login=role.login and role.name in kept, acts_as=None, elevated=frozenset())
        for role in current.roles.values()
        if role.managed_by == managed_by
    }


def role_changes(wanted: Mapping[str, Role], current: Mapping[str, Role]) -> Iterator[Change]:
    for name, role in sorted(wanted.items()):
        there = current.get(name)
        if there is None:
            yield CreateRole(role, reason="declared and missing")
        elif differences := list(_differences(role, there)):
            yield AlterRole(role, tuple(sorted(there.elevated)), reason="; ".join(differences))
        if there is None or (there.description, there.managed_by) != (role.description, role.managed_by):
            yield DescribeRole(role, reason="the comment marks who manages the role")


def _differences(role: Role, there: Role) -> Iterator[str]:
    for attribute in ("login", "inherit", "connection_limit"):
        is_, should = getattr(there, attribute), getattr(role, attribute)
        if is_ != should:
            yield f"{attribute.replace('_', ' ')} is {is_}, not {should}"
    if there.elevated:
        yield f"has {', '.join(sorted(there.elevated))}, which bypasses grants"


def membership_changes(ours: Set[str], desired: Iterable[Membership], current: Iterable[Membership]) -> Iterator[Change]:
    there = {(m.role, m.member): m for m in current}
    declared = {(m.role, m.member): m for m in desired}
    for (role, member), is_ in sorted(there.items()):
        if member in ours and (role, member) not in declared:
            yield RevokeRole(role, member, reason="a membership that the spec doesn't give")
        elif member in ours and is_.admin:
            yield RevokeRole(role, member, admin_only=True, reason="may pass the membership on")
    for (role, member), should in sorted(declared.items()):
        found = there.get((role, member))
        if found is None:
            yield GrantRole(role, member, reason="a membership that the spec gives")
        elif found.inherit is not None and found.inherit != should.inherit:
            yield GrantRole(role, member, inherit=should.inherit, reason=f"inherit is {found.inherit}, not {should.inherit}")


def session_changes(wanted: Mapping[str, Role], current: Mapping[str, Role], database: str) -> Iterator[Change]:
    for name, role in sorted(wanted.items()):
        there = current[name].acts_as if name in current else None
        if role.acts_as != there:
            yield ActAs(
                name, database, role.acts_as, reason=f"sessions start as {there or 'the user'}, not as {role.acts_as or 'the user'}"
            )
