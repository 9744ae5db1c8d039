"""The part of a plan about passwords, settings of sessions, and the end of retired roles. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from db_access.plan.changes import Change, ClearPassword, Configure, DropRole, SetPassword
from db_access.postgresql.desired.roles import RDS_IAM
from db_access.postgresql.state import Membership, Role, State


def own_passwords(wanted: Mapping[str, Role], current: Mapping[str, Role]) -> dict[str, Role]:
    """The roles whose password isn't this run's business keep the one that they have, if it was given them under this
    spec."""
    return {
        name: replace(role, password_version=current[name].password_version)
        if role.own_password and name in current and current[name].managed_by == role.managed_by
        else role
        for name, role in wanted.items()
    }


def password_changes(
    wanted: Mapping[str, Role], current: Mapping[str, Role], desired: Iterable[Membership], held: Iterable[Membership]
) -> Iterator[Change]:
    """By the version that the role's comment names, since passwords can't be read.

    Who comes under IAM, or comes to us from elsewhere, may have a password that no comment tells of.
    """
    already = {m.member for m in held if m.role == RDS_IAM}
    becoming = {m.member for m in desired if m.role == RDS_IAM} - already
    for name, role in sorted(wanted.items()):
        there = current.get(name)
        if role.password_version is not None:
            if there is None or there.password_version != role.password_version:
                yield SetPassword(
                    name, role.password_version, reason="its secret has another version than the role's comment names"
                )
        elif there is None:
            continue
        elif there.password_version is not None:
            yield ClearPassword(name, reason="the spec gives it no password")
        elif there.managed_by is None or name in becoming:
            yield ClearPassword(name, reason="it may have one that the spec doesn't give")


def setting_changes(wanted: Mapping[str, Role], current: Mapping[str, Role], database: str) -> Iterator[Change]:
    for name, role in sorted(wanted.items()):
        for setting, values in sorted(current[name].settings_here) if name in current else ():
            yield Configure(name, setting, None, database, reason=f"is {', '.join(values)} in this database only")
        there = dict(current[name].settings) if name in current else {}
        should = dict(role.settings)
        for setting in sorted(there.keys() - should.keys()):
            yield Configure(name, setting, None, reason=f"is {', '.join(there[setting])}, and the spec doesn't say so")
        for setting, values in sorted(should.items()):
            if there.get(setting) != values:
                before = ", ".join(there[setting]) if setting in there else "what the server says"
                yield Configure(name, setting, values, reason=f"is {before}")


def drops(desired: State, current: State, managed_by: str) -> Iterator[Change]:
    for name in _to_drop(desired, current, managed_by):
        if not current.roles[name].in_the_way:
            yield DropRole(name, reason="retired, owns nothing, and the spec asks for it")


def not_dropped(desired: State, current: State, managed_by: str) -> Iterator[str]:
    """Why roles that the spec asks to drop stay, for the operator."""
    for name in sorted(desired.drop & desired.roles.keys()):
        yield f"retired role {name!r} is not dropped, it holds grants for the spec's users by `grants: through_groups`"
    for name in _to_drop(desired, current, managed_by):
        if reasons := current.roles[name].in_the_way:
            yield (
                f"retired role {name!r} is not dropped, it {', '.join(reasons)}; it has no access, and is dropped "
                f"when that has gone"
            )


def retired_roles(desired: State, current: State, managed_by: str, *, removing: bool) -> list[Role]:
    """Roles that have no access any more: their sessions are to end."""
    ours = [
        role
        for name, role in sorted(current.roles.items())
        if role.managed_by == managed_by and name not in desired.roles
    ]
    return [role for role in ours if not (removing and role.used_elsewhere)]


def _to_drop(desired: State, current: State, managed_by: str) -> list[str]:
    gone = (desired.drop & current.roles.keys()) - desired.roles.keys()
    return sorted(name for name in gone if current.roles[name].managed_by == managed_by)
