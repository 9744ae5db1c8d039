"""The part of a plan about roles: attributes, memberships, sessions, and who may be touched at all. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from db_access.plan.changes import ActAs, AlterRole, Change, CreateRole, DescribeRole, GrantRole, RevokeRole
from db_access.postgresql.mark import comment
from db_access.postgresql.state import Membership, Role, State


def foreign_roles(desired: State, current: State, managed_by: str) -> Iterator[str]:
    for name in sorted(desired.roles.keys() & current.roles.keys()):
        owner = current.roles[name].managed_by
        if owner != managed_by and not (owner is None and desired.roles[name].adopt):
            adoptable = (
                ""
                if owner
                else ", or `adopt: true` beside it (for an owner or creator: on its schema), which takes it over"
            )
            whose = f"is managed by {owner!r}" if owner else "was made by somebody else"
            yield (
                f"role {name!r} exists and {whose}; allowed: a name that is free or managed by "
                f"{managed_by!r}{adoptable}"
            )


def retired(desired: State, current: State, managed_by: str, kept: Set[str]) -> dict[str, Role]:
    """Every role we own that the spec doesn't mention, as it is to be."""
    return {
        role.name: replace(
            role,
            login=role.login and role.name in kept,
            acts_as=None,
            elevated=frozenset(),
            settings=role.settings if role.name in kept else frozenset(),
            password_version=role.password_version if role.name in kept else None,
        )
        for role in current.roles.values()
        if role.managed_by == managed_by and role.name not in desired.roles
    }


def role_changes(wanted: Mapping[str, Role], current: Mapping[str, Role]) -> Iterator[Change]:
    """Comments last: PostgreSQL 16+ works out for each what the master administers, anew after every CREATE ROLE."""
    for name, role in sorted(wanted.items()):
        there = current.get(name)
        if there is None:
            yield CreateRole(role, reason="declared and missing")
        elif differences := list(_differences(role, there)):
            yield AlterRole(
                role,
                tuple(sorted(there.elevated)),
                never_expires=role.valid_until is None and there.valid_until is not None,
                reason="; ".join(differences),
            )
    for name, role in sorted(wanted.items()):
        there = current.get(name)
        if there is None or comment(there) != comment(role):
            yield DescribeRole(role, reason="the comment marks who manages the role")


def _differences(role: Role, there: Role) -> Iterator[str]:
    for attribute in ("login", "inherit", "connection_limit", "valid_until"):
        is_, should = getattr(there, attribute), getattr(role, attribute)
        if is_ != should:
            yield f"{attribute.replace('_', ' ')} is {is_}, not {should}"
    if there.elevated:
        yield f"has {', '.join(sorted(there.elevated))}, which bypasses grants"


def membership_changes(
    ours: Set[str], desired: Set[Membership], current: Set[Membership], inherits: Mapping[str, bool]
) -> Iterator[Change]:
    """`inherits`: the INHERIT attribute of each role to be, which a new membership takes its option from."""
    there = {(m.role, m.member): m for m in current - desired}
    declared = {(m.role, m.member): m for m in desired - current}
    for (role, member), is_ in sorted(there.items()):
        if member in ours and (role, member) not in declared:
            yield RevokeRole(role, member, reason="a membership that the spec doesn't give")
        elif member in ours and is_.admin and not declared[role, member].admin:
            yield RevokeRole(role, member, admin_only=True, reason="may pass the membership on")
    for (role, member), should in sorted(declared.items()):
        found = there.get((role, member))
        if found is None:
            inherit = None if should.inherit == inherits.get(member, True) else should.inherit
            options = None if should.set else False
            yield GrantRole(role, member, inherit, options, should.admin, reason="a membership that the spec gives")
        else:
            yield from _option_changes(should, found)


def _option_changes(should: Membership, found: Membership) -> Iterator[Change]:
    """What found has None for can't be changed there: PostgreSQL before 16."""
    inherit = should.inherit if found.inherit is not None and found.inherit != should.inherit else None
    set_ = should.set if found.set is not None and found.set != should.set else None
    admin = should.admin and not found.admin
    wrong = [
        *([] if inherit is None else [f"inherit is {found.inherit}, not {inherit}"]),
        *([] if set_ is None else [f"set is {found.set}, not {set_}"]),
        *(["admin is False, not True"] if admin else []),
    ]
    if wrong:
        yield GrantRole(should.role, should.member, inherit, set_, admin, new=False, reason="; ".join(wrong))


def impossible_memberships(desired: State, current: State) -> Iterator[str]:
    """Options that PostgreSQL before 16 doesn't have: there the member's INHERIT attribute decides, and everybody can
    SET ROLE."""
    if current.membership_options:
        return
    for m in sorted(desired.memberships, key=lambda m: (m.member, m.role)):
        member = desired.roles.get(m.member)
        if member is not None and (not m.set or m.inherit != member.inherit):
            asked = "set: false" if not m.set else f"inherit: {str(m.inherit).lower()}"
            why = "" if member.inherit else f" (with `access: owner` {m.member!r} inherits from nobody)"
            yield (
                f"membership of {m.member!r} in {m.role!r} asks for `{asked}`{why}; allowed before PostgreSQL 16: "
                f"admin only"
            )


def session_changes(wanted: Mapping[str, Role], current: Mapping[str, Role], database: str) -> Iterator[Change]:
    for name, role in sorted(wanted.items()):
        there = current[name].acts_as if name in current else None
        if role.acts_as != there:
            yield ActAs(
                name,
                database,
                role.acts_as,
                reason=f"sessions start as {there or 'the user'}, not as {role.acts_as or 'the user'}",
            )
