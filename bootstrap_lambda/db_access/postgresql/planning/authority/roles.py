"""Roles that the master can't change, give or take. Pure."""

from collections.abc import Iterable, Iterator

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    DescribeRole,
    DropRole,
    EndLogin,
    GrantRole,
    LendRole,
    ReturnRole,
    RevokeRole,
    SetPassword,
)
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.state import Current
from db_access.spec.model.predefined import ALLOWED
from db_access.wording import listed


def fixed_attributes(changes: Iterable[Change], current: Current, master: str) -> Iterator[str]:
    for change in changes:
        if isinstance(change, AlterRole) and (fixed := sorted(current.limits.attributes.intersection(change.strip))):
            taken = " ".join(f"NO{attribute}" for attribute in fixed)
            yield (
                f"role {change.role.name!r} has {', '.join(fixed)}, which the master {master!r} can't take away; "
                f"allowed: as a superuser ALTER ROLE {identifier(change.role.name)} {taken}, then run again"
            )


def risen(current: Current, managed_by: str) -> Iterator[str]:
    for name in sorted(current.limits.risen):
        yield (
            f"role {name!r} is managed by {managed_by!r} and not in the spec any more, but has SUPERUSER, so that only "
            "a superuser can end its login; allowed: as a superuser "
            f"ALTER ROLE {identifier(name)} NOSUPERUSER, then run again"
        )


def unnameable(current: Current, managed_by: str) -> Iterator[str]:
    """Roles that a run leaves out. They stop no removal: who can make roles elsewhere in the cluster could."""
    for name in sorted(current.limits.unnameable):
        yield (
            f"role {name!r} is managed by {managed_by!r}, and its name is no text in this database's encoding (each "
            "byte that isn't is shown by its digits), so that no statement here can name it; allowed: as a superuser, "
            "in a database with encoding SQL_ASCII, ALTER ROLE … RENAME TO an ASCII name, then run again"
        )


def unadministered(changes: Iterable[Change], current: Current, ours: set[str], master: str) -> Iterator[str]:
    beyond: dict[str, list[Change]] = {}
    for change in changes:
        role = _administered(change)
        if role is not None and role in current.limits.roles and not _super(role, current):
            beyond.setdefault(role, []).append(change)
    for role, about in sorted(beyond.items()):
        yield _of_ours(role, master) if role in ours else _foreign_group(role, about, current, master)


def _administered(change: Change) -> str | None:
    """The role that must be the master's to administer for the change."""
    match change:
        case AlterRole() | DescribeRole():
            return change.role.name
        case EndLogin() | ActAs() | Configure() | SetPassword() | ClearPassword() | DropRole():
            return change.role
        case GrantRole() if change.role in ALLOWED:
            return None  # `predefined` says of it what is to be said
        case GrantRole() | RevokeRole() | LendRole() | ReturnRole():
            return change.role
        case _:
            return None


def _super(role: str, current: Current) -> bool:
    """A superuser of ours, of whom that is said already."""
    return role in current.roles and "SUPERUSER" in current.roles[role].elevated


def _of_ours(role: str, master: str) -> str:
    return (
        f"role {role!r} is not the master's to change, who has no ADMIN OPTION on it (somebody else has made it, or "
        "the master itself before an upgrade to PostgreSQL 16); allowed: as a superuser, or as a role that has the "
        f"option, GRANT {identifier(role)} TO {identifier(master)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE, "
        "then run again"
    )


def _foreign_group(role: str, about: Iterable[Change], current: Current, master: str) -> str:
    as_whom = (
        f"as a superuser, or as a role that has ADMIN OPTION on {role!r},"
        if current.membership_options
        else "as a superuser"
    )
    taken = [change.member for change in about if isinstance(change, RevokeRole)]
    given = [change.member for change in about if isinstance(change, GrantRole)]
    doing = [
        *([f"REVOKE {identifier(role)} FROM {', '.join(map(identifier, taken))}"] if taken else []),
        *([f"GRANT {identifier(role)} TO {', '.join(map(identifier, given))}"] if given else []),
    ]
    what = "lose" if taken else "get"
    return (
        f"{listed(list(map(repr, taken or given)))} would {what} the membership in {role!r}, which is not for the "
        f"master {master!r} to give or take; allowed: {as_whom} {'; '.join(doing)}, then run again"
    )
