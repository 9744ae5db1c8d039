"""What stands around the spec's roles, as sentences for the operator: who else has their rights, and what else they
reach. Pure.

None of it is the spec's to change: a run leaves it alone, and succeeds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_SHOWN: Final = 3
"""Names of a list that a sentence shows when there are more."""


@dataclass(frozen=True)
class Stranger:
    """A role that the spec doesn't manage, and that is a member of roles of ours."""

    name: str
    member_of: tuple[str, ...]
    members: tuple[str, ...] = ()
    """Who else comes in through it, by any chain: the first few."""
    count: int = 0
    """All of those."""
    managed_by: str | None = None
    """Another spec."""


@dataclass(frozen=True)
class Reachable:
    """A database that the spec doesn't declare, and users of the spec that may connect to it."""

    database: str
    by_public: bool
    users: tuple[str, ...] = ()
    """Who can without PUBLIC: the first few."""


@dataclass(frozen=True)
class Aside:
    """What a role of ours holds on objects that the engine doesn't look at; the first few of them."""

    role: str
    on: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Surroundings:
    strangers: tuple[Stranger, ...] = ()
    reachable: tuple[Reachable, ...] = ()
    asides: tuple[Aside, ...] = ()
    open_schemas: tuple[str, ...] = ()
    """Of a database in which PUBLIC is locked: schemas that the spec doesn't declare and that PUBLIC may look into."""

    more_strangers: int = 0
    """Beyond those that are listed."""

    def sentences(self) -> Iterator[str]:
        yield from map(_stranger, self.strangers)
        if self.more_strangers:
            yield f"{self.more_strangers:,} more roles that the spec doesn't manage have rights of its roles as members"
        yield from _open_to_all([found.database for found in self.reachable if found.by_public])
        yield from (_open_to_some(found) for found in self.reachable if found.users)
        yield from map(_aside, self.asides)
        yield from _open_schemas(self.open_schemas)


def _stranger(found: Stranger) -> str:
    whose = f"{found.managed_by!r} manages" if found.managed_by else "nobody manages"
    rest = f", and through it so have {_listed(found.members, found.count)}" if found.members else ""
    return (
        f"role {found.name!r}, which {whose}, has the rights of {_listed(found.member_of)} as a member{rest}; "
        "memberships of others are left alone: REVOKE what is not meant, or declare the role"
    )


def _open_to_all(databases: Sequence[str]) -> Iterator[str]:
    if databases:
        what, let, it = ("databases", "let", "them") if len(databases) > 1 else ("database", "lets", "it")
        yield (
            f"{what} {', '.join(map(repr, databases))}, which the spec doesn't declare, {let} PUBLIC connect, "
            f"every user of the spec included; declare {it} to lock PUBLIC out, or with `public: open` to say that "
            f"it is meant"
        )


def _open_to_some(found: Reachable) -> str:
    users = ", ".join(map(repr, found.users[:_SHOWN])) + (" and others" if len(found.users) > _SHOWN else "")
    return (
        f"database {found.database!r}, which the spec doesn't declare, lets {users} connect; "
        "REVOKE CONNECT there, or declare the database"
    )


def _aside(found: Aside) -> str:
    more = f" and {found.count - len(found.on)} more" if found.count > len(found.on) else ""
    return (
        f"role {found.role!r} has rights on {', '.join(found.on)}{more}, of which no spec speaks, so no run "
        f"takes them away; "
        "REVOKE what is not meant"
    )


def _open_schemas(names: Sequence[str]) -> Iterator[str]:
    if names:
        what, are, it = ("schemas", "are", "them") if len(names) > 1 else ("schema", "is", "it")
        yield (
            f"{what} {_listed(names)}, which the spec doesn't declare, {are} open to PUBLIC, which may have rights "
            f"there too; "
            f"declare {it}, or REVOKE USAGE and CREATE from PUBLIC"
        )


def _listed(names: Sequence[str], count: int | None = None) -> str:
    """`count`: of all, when `names` are the first few."""
    all_ = len(names) if count is None else count
    shown = names if all_ <= _SHOWN + 1 else names[:_SHOWN]
    return f"{', '.join(map(repr, shown))}{f' and {all_ - len(shown)} more' if len(shown) < all_ else ''}"
