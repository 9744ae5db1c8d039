"""What the catalogs say, as it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db_access.postgresql.mark import parse
from keyless.effective.things import Thing


@dataclass(frozen=True)
class Role:
    oid: int
    name: str
    superuser: bool
    login: bool
    limit: int = -1
    """Of its connections; -1 for none."""
    comment: str = ""
    """Where it records memberships that were given for a while."""

    def until(self, group: str) -> datetime | None:
        """When its membership ends, as its comment says, which the spec may allow or not."""
        recorded = (each.until for each in parse(self.comment).temporary if each.group == group)
        return max(recorded, default=None)


@dataclass(frozen=True)
class Membership:
    member: int
    role: int
    inherits: bool
    sets: bool
    """Whether the member may SET ROLE."""
    by_default: bool
    """Whether it would inherit by a GRANT that doesn't say."""
    implied: bool = False
    """Whether it is without a GRANT: the database's owner's in pg_database_owner."""


@dataclass(frozen=True)
class View:
    """A view that runs with its owner's rights, a table with partitions or children, or one whose rows cascade by a
    foreign key; and a relation below it."""

    oid: int
    base: int
    passes: frozenset[str]
    """Privileges on it that are enough for the relation below it."""
    columns: frozenset[int]
    """Of the relation below, which it has or names; 0 where they are not named one by one."""
    as_owner: bool = True
    """Whether its owner needs them there, too."""
    words: str = ""
    """What it is to the relation below, where it is no view."""

    def names(self, column: int) -> bool:
        """0 for no column in particular."""
        return not column or bool({0, column} & self.columns)


@dataclass(frozen=True)
class Catalog:
    database: str
    roles: Mapping[int, Role]
    memberships: Sequence[Membership]
    things: Sequence[Thing]
    """Of PostgreSQL's own schemas only what was asked for."""
    views: Sequence[View]
    """And other relations through which one comes to those below."""
    definers: frozenset[int]
    """Functions that run with their owner's rights."""

    def role(self, name: str) -> Role | None:
        return next((role for role in self.roles.values() if role.name == name), None)
