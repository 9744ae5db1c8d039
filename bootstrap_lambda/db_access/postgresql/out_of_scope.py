"""What is out of a spec's scope and worth knowing: what else its roles reach. Pure.

A run leaves it alone, and succeeds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db_access.wording import SHOWN, and_more, listed


@dataclass(frozen=True)
class Reachable:
    """A database that the spec doesn't declare, and users of the spec that may connect to it."""

    database: str
    by_public: bool
    users: tuple[str, ...] = ()
    """Who can without PUBLIC: the first few."""


@dataclass(frozen=True)
class OtherRights:
    """What a role of ours, or PUBLIC, holds on objects that the engine doesn't look at; the first few of them."""

    role: str
    on: tuple[str, ...]
    count: int
    owner: str | None = None
    """Whose they are, where an extension has them."""


@dataclass(frozen=True)
class LeftBehind:
    """Roles of the managers that the spec takes over from, which it doesn't declare: the first ones."""

    logins: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    count: int = 0
    """All of them."""


@dataclass(frozen=True)
class OutOfScope:
    reachable: tuple[Reachable, ...] = ()
    other_rights: tuple[OtherRights, ...] = ()
    open_schemas: tuple[str, ...] = ()
    """Of a database in which PUBLIC is locked: schemas that the spec doesn't declare and that PUBLIC may look into."""

    left_behind: LeftBehind = LeftBehind()

    def sentences(self) -> Iterator[str]:
        yield from _open_to_all([found.database for found in self.reachable if found.by_public])
        yield from (_open_to_some(found) for found in self.reachable if found.users)
        yield from map(_rights, self.other_rights)
        yield from _open_schemas(self.open_schemas)
        yield from _left_behind(self.left_behind)


def _open_to_all(databases: Sequence[str]) -> Iterator[str]:
    if databases:
        what, let, it = ("databases", "let", "them") if len(databases) > 1 else ("database", "lets", "it")
        yield (
            f"{what} {', '.join(map(repr, databases))}, which the spec doesn't declare, {let} PUBLIC connect, "
            f"every user of the spec included; declare {it} to lock PUBLIC out, or with `public: open` to say that it "
            "is meant"
        )


def _open_to_some(found: Reachable) -> str:
    users = ", ".join(map(repr, found.users[:SHOWN])) + (" and others" if len(found.users) > SHOWN else "")
    return (
        f"database {found.database!r}, which the spec doesn't declare, lets {users} connect; "
        "REVOKE CONNECT there, or declare the database"
    )


def _rights(found: OtherRights) -> str:
    on = and_more(", ".join(found.on), found.count - len(found.on))
    who = f"role {found.role!r}" if found.role else "PUBLIC"
    if found.owner is None:
        return f"{who} has rights on {on}, of which no spec speaks, so no run takes them away; REVOKE what is not meant"
    return (
        f"{who} has rights on {on}, which an extension has and {found.owner!r} owns, so no run takes them away; "
        f"REVOKE what is not meant as {found.owner!r}"
    )


def _open_schemas(names: Sequence[str]) -> Iterator[str]:
    if names:
        what, are, it = ("schemas", "are", "them") if len(names) > 1 else ("schema", "is", "it")
        yield (
            f"{what} {_names(names)}, which the spec doesn't declare, {are} open to PUBLIC, which may have rights "
            f"there too; declare {it}, or REVOKE USAGE and CREATE from PUBLIC"
        )


def _left_behind(found: LeftBehind) -> Iterator[str]:
    """Every name: nobody else says who they are."""
    if found.count:
        kinds = {"can log in": found.logins, "can't log in": found.others}
        named = "; ".join(f"{', '.join(map(repr, names))}, who {can}" for can, names in kinds.items() if names)
        left = found.count - len(found.logins) - len(found.others)
        yield (
            f"of the roles that it takes over the spec doesn't declare {and_more(named, left)}: they keep access and "
            "mark; declare them, and remove them in a later run to retire them, or leave them to who manages them"
        )


def _names(names: Sequence[str], count: int | None = None) -> str:
    return listed(list(map(repr, names)), count=count)
