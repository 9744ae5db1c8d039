"""The part of a plan about roles of ours that the spec doesn't mention any more: they lose all access. Pure."""

from collections.abc import Iterator, Mapping, Set

from db_access.plan.changes import Change, DropRole, EndLogin
from db_access.postgresql.state import Current, CurrentRole, Desired, DesiredRole


def retired(desired: Desired, current: Current, managed_by: str, *, removing: bool) -> list[CurrentRole]:
    """Roles that have no access any more: their sessions are to end."""
    gone = _gone(desired, current, managed_by)
    return [role for role in gone if not (removing and role.used_elsewhere)]


def without_access(desired: Desired, current: Current, managed_by: str, kept: Set[str]) -> dict[str, DesiredRole]:
    """Every retired role as it is to be. `kept`: those that may log in to another database still."""
    return {role.name: _without_access(role, kept=role.name in kept) for role in _gone(desired, current, managed_by)}


def _without_access(role: CurrentRole, *, kept: bool) -> DesiredRole:
    return DesiredRole(
        role.name,
        login=role.login and kept,
        inherit=role.inherit,
        connection_limit=role.connection_limit,
        description=role.description,
        managed_by=role.managed_by,
        taken_over_from=role.taken_over_from,
        valid_until=role.valid_until,
        settings=role.settings if kept else frozenset(),
        password_version=role.password_version if kept else None,
    )


def ended_logins(roles: Mapping[str, DesiredRole], desired: Desired, current: Current) -> list[EndLogin]:
    """Who can log in now, and is not to. `roles`: every role of ours as it is to be."""
    return [
        EndLogin(
            name,
            forget_password=name not in desired.roles,
            reason="the spec lets it log in no more" if name in desired.roles else "not in the spec any more",
            sessions=current.roles[name].sessions,
        )
        for name, role in sorted(roles.items())
        if name in current.roles
        and current.roles[name].login
        and not role.login
        and current.roles[name].managed_by == role.managed_by
    ]


def drops(desired: Desired, current: Current, managed_by: str) -> Iterator[Change]:
    for role in _to_drop(desired, current, managed_by):
        if not role.in_the_way:
            yield DropRole(role.name, reason="retired, owns nothing, and the spec asks for it")


def not_dropped(desired: Desired, current: Current, managed_by: str) -> Iterator[str]:
    """Why roles that the spec asks to drop stay, for the operator."""
    for name in sorted(desired.drop & desired.roles.keys()):
        yield f"retired role {name!r} is not dropped, it holds grants for the spec's users by `grants: through_groups`"
    for role in _to_drop(desired, current, managed_by):
        if role.in_the_way:
            yield (
                f"retired role {role.name!r} is not dropped, it {', '.join(role.in_the_way)}; "
                "it has no access, and is dropped when that has gone"
            )


def kept(desired: Desired, current: Current, managed_by: str) -> Iterator[str]:
    """Names of the roles to drop that something is in the way of."""
    return (role.name for role in _to_drop(desired, current, managed_by) if role.in_the_way)


def _gone(desired: Desired, current: Current, managed_by: str) -> list[CurrentRole]:
    ours = (role for _, role in sorted(current.roles.items()) if role.managed_by == managed_by)
    return [role for role in ours if role.name not in desired.roles]


def _to_drop(desired: Desired, current: Current, managed_by: str) -> list[CurrentRole]:
    return [role for role in _gone(desired, current, managed_by) if role.name in desired.drop]
