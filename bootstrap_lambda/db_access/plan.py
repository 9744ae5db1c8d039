"""The ordered steps from the current to the desired state. Pure and deterministic; executes nothing.

What is compared is only what the spec's owner owns: its roles' attributes, memberships and grants, and
PUBLIC where it is locked. Nothing in a plan destroys data.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from db_access.changes import (
    ActAs,
    AlterRole,
    Change,
    CreateRole,
    CreateSchema,
    DescribeRole,
    GrantRole,
    OwnSchema,
    Plan,
    RevokeRole,
)
from db_access.errors import PlanError
from db_access.plan_grants import foreign_owners, grant_changes
from db_access.state import Membership, Role, State


def plan(desired: State, current: State, *, database: str, managed_by: str, removing: bool = False) -> Plan:
    """What has to be done in `database` so that `current` becomes `desired`; empty when nothing has.

    Roles that `managed_by` owns and that `desired` lacks are retired: they keep what they own and lose all access.
    When `removing` the access to one database, a role that may connect to another one keeps its login and memberships.

    Raises:
        PlanError: with every role that belongs to somebody else and every object that can't be granted on.
    """
    problems = [*_foreign_roles(desired, current, managed_by), *foreign_owners(desired, current)]
    if problems:
        raise PlanError(database, problems)
    kept = {role.name for role in current.roles.values() if removing and role.used_elsewhere}
    wanted = {**_retired(current, managed_by, kept), **desired.roles}
    return (
        *_role_changes(wanted, current.roles),
        *_membership_changes(wanted.keys() - kept, desired.memberships, current.memberships),
        *_session_changes(wanted, current.roles, database),
        *_schema_changes(desired.schemas, current.schemas),
        *grant_changes(desired, current),
    )


def _foreign_roles(desired: State, current: State, managed_by: str) -> Iterator[str]:
    for name in sorted(desired.roles.keys() & current.roles.keys()):
        owner = current.roles[name].managed_by
        if owner != managed_by:
            whose = f"is managed by {owner!r}" if owner else "was made by somebody else"
            yield f"role {name!r} exists and {whose}; allowed: a name that is free or managed by {managed_by!r}"


def _retired(current: State, managed_by: str, kept: Set[str]) -> dict[str, Role]:
    """Every role we own, as it is to be when the spec doesn't mention it."""
    return {
        role.name: replace(role, login=role.login and role.name in kept, acts_as=None, elevated=frozenset())
        for role in current.roles.values()
        if role.managed_by == managed_by
    }


def _role_changes(wanted: Mapping[str, Role], current: Mapping[str, Role]) -> Iterator[Change]:
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


def _membership_changes(ours: Set[str], desired: Iterable[Membership], current: Iterable[Membership]) -> Iterator[Change]:
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


def _session_changes(wanted: Mapping[str, Role], current: Mapping[str, Role], database: str) -> Iterator[Change]:
    for name, role in sorted(wanted.items()):
        there = current[name].acts_as if name in current else None
        if role.acts_as != there:
            yield ActAs(
                name, database, role.acts_as, reason=f"sessions start as {there or 'the user'}, not as {role.acts_as or 'the user'}"
            )


def _schema_changes(desired: Mapping[str, str], current: Mapping[str, str]) -> Iterator[Change]:
    for name, owner in sorted(desired.items()):
        if name not in current:
            yield CreateSchema(name, owner, reason="declared and missing")
        elif current[name] != owner:
            yield OwnSchema(name, owner, reason=f"belongs to {current[name]!r}")
