"""The part of a plan about roles of ours that the spec doesn't mention any more: they lose all access. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from db_access.plan.changes import Change, DropRole, EndLogin
from db_access.plan.privileges import Kind
from db_access.postgresql.planning.passed_on import staying
from db_access.postgresql.planning.reach import Reach
from db_access.postgresql.state import Current, CurrentRole, Desired, DesiredRole
from db_access.wording import listed


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
        temporary=role.temporary if kept else (),
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


def obstructed(desired: Desired, current: Current, reach: Reach) -> Current:
    """`current`, in which the roles to drop know what they hold and only others can take."""
    found: dict[str, set[str]] = {}
    for role, what in _out_of_reach(current, reach):
        if role in desired.drop and role in current.roles:
            found.setdefault(role, set()).add(what)
    ways = {name: (*current.roles[name].in_the_way, *sorted(ways)) for name, ways in found.items()}
    obstacles = {name: replace(current.roles[name], in_the_way=way) for name, way in ways.items()}
    return replace(current, roles={**current.roles, **obstacles}) if obstacles else current


def _out_of_reach(current: Current, reach: Reach) -> Iterator[tuple[str, str]]:
    for objects in current.objects:
        what = f"{objects.kind} {'.'.join(filter(None, (objects.schema, listed(objects.names))))}"
        if objects.owner and objects.kind is not Kind.DATABASE and not reach.includes(objects.owner):
            yield from ((role, f"has rights on {what} that {objects.owner!r} alone can take") for role in objects.acl)
        for grant in staying(objects, current.roles):
            if grant.grantor != reach.master:
                yield grant.grantee, f"has rights on {what} that {grant.grantor!r} alone can take"
    for key, acl in current.defaults.items():
        if not reach.includes(key.creator):
            yield from (
                (role, f"gets rights on future objects of {key.creator!r}, who alone can end it") for role in acl
            )


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
