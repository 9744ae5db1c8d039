"""As whom rights on objects are given and taken, and how that role can name them. Pure.

For the grantor of the master's statement PostgreSQL takes the first role with grant options among those whose rights
the master has (`select_best_grantor` in acl.c), and a REVOKE takes back only what its grantor gave. Where that could be
another than the owner, the statement is carried out as the owner.

To name what is in a schema takes USAGE on it. In a declared schema the master has its owner's; elsewhere it has that of
the objects' owner, who may have lost it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from db_access.plan.changes import Grant, Target
from db_access.plan.privileges import PUBLIC, Kind, Privilege
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE, OutOfReach, Reach
from db_access.postgresql.state import Current, CurrentObjects, Desired


class Acting(NamedTuple):
    as_owner: str | None = None
    usage_for: str | None = None
    """Who needs USAGE on the schema while it takes."""
    cascade: bool = False
    """Something can hang on it that the objects' own ACL doesn't show."""


@dataclass(frozen=True)
class Grantors:
    desired: Desired
    reach: Reach
    passing_on: Mapping[tuple[str | None, str], frozenset[str]]
    """Who may pass on rights on a table or on any of its columns, by schema and name: PostgreSQL looks at both."""
    by_column: frozenset[tuple[str | None, str]]
    """Tables of which a right on a column has been passed on: a REVOKE on the table takes it along, too."""
    schemas: Mapping[str | None, CurrentObjects]

    @classmethod
    def of(cls, desired: Desired, current: Current, reach: Reach) -> Self:
        found: dict[tuple[str | None, str], frozenset[str]] = {}
        by_column = {(o.schema, name) for o in current.objects if o.columns and o.foreign for name in o.names}
        for objects in current.objects:
            if objects.kind is Kind.TABLE and (options := _passing_on(objects)):
                for name in objects.names:
                    found[objects.schema, name] = found.get((objects.schema, name), frozenset()) | options
        schemas = {objects.schema: objects for objects in current.objects if objects.kind is Kind.SCHEMA}
        return cls(desired, reach, found, frozenset(by_column), schemas)

    def split(self, objects: CurrentObjects, names: Iterable[str]) -> Iterator[tuple[Acting, tuple[str, ...]]]:
        """The names by how statements about them are carried out."""
        found: dict[Acting, list[str]] = {}
        for name in names:
            found.setdefault(self._of(objects, name), []).append(name)
        yield from ((acting, tuple(alike)) for acting, alike in found.items())

    def _of(self, objects: CurrentObjects, name: str) -> Acting:
        options, owner = _passing_on(objects), objects.owner
        cascade = not objects.columns and (objects.schema, name) in self.by_column
        if owner in ("", self.reach.master, OWNER_OF_THE_DATABASE):
            return Acting(cascade=cascade)
        if objects.kind is Kind.TABLE:
            options |= self.passing_on.get((objects.schema, name), frozenset())
        as_owner = owner if any(map(self.reach.includes, options)) else None
        return Acting(as_owner, owner if self._needs_usage(objects, as_owner) else None, cascade)

    def _needs_usage(self, objects: CurrentObjects, as_owner: str | None) -> bool:
        """Whether nothing gives it for sure: memberships and PUBLIC's rights may have gone by then."""
        schema, owner = self.schemas.get(objects.schema), objects.owner
        declared = objects.schema in self.desired.schemas
        if schema is None or not objects.kind.in_schema or (declared and as_owner in (None, schema.owner)):
            return False
        if schema.owner == owner:
            return Privilege.USAGE in schema.owner_lacks
        given = [schema.acl.get(owner, frozenset()), *(g.privileges for g in schema.foreign if g.grantee == owner)]
        return not any(Privilege.USAGE in privileges for privileges in given)

    def gives_usage(self, objects: CurrentObjects) -> OutOfReach | None:
        """What the schema's owner alone can do so that the objects' owner can name them; None when a run can."""
        schema = self.schemas[objects.schema]
        if self.reach.includes(schema.owner):
            return None
        reason = "without it the owner of what is in it can't be acted for"
        target = Target(Kind.SCHEMA, objects.schema, schema.names)
        return OutOfReach(Grant(target, (Privilege.USAGE,), (objects.owner,), reason=reason), schema.owner)


def _passing_on(objects: CurrentObjects) -> frozenset[str]:
    return frozenset((*objects.options, *(grant.grantee for grant in objects.foreign if grant.options))) - {PUBLIC}
