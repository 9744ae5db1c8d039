"""Objects and rights on them, as a spec asks for them and as PostgreSQL has them, grouped by equal ACL. Values only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from db_access.plan.privileges import Acl, Kind, Privileges
from db_access.postgresql.others import OtherGrant


@dataclass(frozen=True)
class ForeignGrant:
    """A grant by somebody else than the owner, of what it may pass on itself."""

    grantor: str
    grantee: str
    privileges: Privileges
    options: Privileges = frozenset()
    """The part of them that the grantee may pass on in turn."""


class Routine(str):
    """The name of a function, as `answer(integer)`, that remembers what DDL needs to name it."""

    parts: tuple[str, tuple[tuple[str, str], ...]]
    """Name, and schema and name of each argument's type."""

    @classmethod
    def of(cls, signature: str, name: str, types: Iterable[Sequence[str]]) -> "Routine":
        routine = cls(signature)
        routine.parts = name, tuple((schema, type_) for schema, type_ in types)
        return routine


Place = tuple[Kind, str | None, str | None]
"""Kind, schema, and a column's name when it is about columns."""


@dataclass(frozen=True)
class Objects:
    """Objects of one kind and schema that share an ACL.

    With columns the ACL is that of the columns of these names, in the tables that `names` says.
    """

    kind: Kind
    schema: str | None
    names: tuple[str, ...]
    acl: Acl
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class DesiredObjects(Objects):
    """No names mean all of that kind in the schema; with names the ACL is what those have beyond it.

    PUBLIC is absent from the ACL where it is not the spec's business.
    """


@dataclass(frozen=True)
class CurrentObjects(Objects):
    """Objects that share an owner, too. The ACL is what roles of ours have from the owner. `columns` is no or one
    column."""

    owner: str = ""
    options: Acl = field(default_factory=dict)
    """What the owner gave to anybody with the right to pass it on."""
    foreign: tuple[ForeignGrant, ...] = ()
    """The grants that don't come from the owner."""
    others: tuple[OtherGrant, ...] = ()
    """What roles that aren't ours have been granted, by whomever."""
    acts: str | None = None
    """Where the owner makes no objects in the schema: what can run with the owner's rights, if anything can."""
    owner_lacks: Privileges = frozenset()
    """What the owner of a schema has taken from itself."""
    locked_by: str | None = None
    """Who keeps a lock on them, where that has kept a run from changing their owner."""

    @property
    def stays(self) -> str | None:
        """Why a run doesn't give them to another owner, if there is a reason."""
        return self.acts if self.locked_by is None else f"is locked, or tied to what is locked, by {self.locked_by}"
