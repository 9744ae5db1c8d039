"""As whom rights on objects are given and taken. Pure.

For the grantor of the master's statement PostgreSQL takes the first role with grant options among those whose rights
the master has (`select_best_grantor` in acl.c), and a REVOKE takes back only what its grantor gave. Where that could be
another than the owner, the statement is carried out as the owner.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from db_access.plan.changes import Grant, Target
from db_access.plan.privileges import PUBLIC, Kind, Privilege
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE, OutOfReach, Reach
from db_access.postgresql.state import Current, CurrentObjects


class Acting(NamedTuple):
    as_owner: str | None = None
    lends_usage: bool = False
    """Or the owner couldn't name the object."""


@dataclass(frozen=True)
class Grantors:
    reach: Reach
    passing_on: Mapping[tuple[str | None, str], frozenset[str]]
    """Who may pass on rights on a table or on any of its columns, by schema and name: PostgreSQL looks at both."""
    schemas: Mapping[str, CurrentObjects]

    @classmethod
    def of(cls, current: Current, reach: Reach) -> Self:
        found: dict[tuple[str | None, str], frozenset[str]] = {}
        for objects in current.objects:
            if objects.kind is Kind.TABLE and (options := _passing_on(objects)):
                for name in objects.names:
                    found[objects.schema, name] = found.get((objects.schema, name), frozenset()) | options
        schemas = {objects.schema: objects for objects in current.objects if objects.kind is Kind.SCHEMA}
        return cls(reach, found, {name: objects for name, objects in schemas.items() if name is not None})

    def split(self, objects: CurrentObjects, names: Iterable[str]) -> Iterator[tuple[Acting, tuple[str, ...]]]:
        """The names by how statements about them are carried out."""
        found: dict[Acting, list[str]] = {}
        for name in names:
            found.setdefault(self._of(objects, name), []).append(name)
        yield from ((acting, tuple(alike)) for acting, alike in found.items())

    def _of(self, objects: CurrentObjects, name: str) -> Acting:
        options, owner = _passing_on(objects), objects.owner
        if objects.kind is Kind.TABLE:
            options |= self.passing_on.get((objects.schema, name), frozenset())
        if owner in ("", self.reach.master, OWNER_OF_THE_DATABASE) or not any(map(self.reach.includes, options)):
            return Acting()
        return Acting(
            owner, objects.kind.in_schema and self._is_shut_out(owner, self.schemas.get(objects.schema or ""))
        )

    def _is_shut_out(self, owner: str, schema: CurrentObjects | None) -> bool:
        """Whether nothing gives the owner USAGE for sure: memberships and PUBLIC's rights may have gone by then."""
        if schema is None or schema.owner == owner:
            return schema is not None and schema.shut
        given = [schema.acl.get(owner, frozenset()), *(g.privileges for g in schema.foreign if g.grantee == owner)]
        return not any(Privilege.USAGE in privileges for privileges in given)

    def gives_usage(self, objects: CurrentObjects) -> OutOfReach | None:
        """What the schema's owner alone can do so that the objects' owner can name them; None when a run can."""
        schema = self.schemas[objects.schema or ""]
        if self.reach.includes(schema.owner):
            return None
        reason = "without it the owner of what is in it can't be acted for"
        target = Target(Kind.SCHEMA, objects.schema, schema.names)
        return OutOfReach(Grant(target, (Privilege.USAGE,), (objects.owner,), reason=reason), schema.owner)


def _passing_on(objects: CurrentObjects) -> frozenset[str]:
    return frozenset((*objects.options, *(grant.grantee for grant in objects.foreign if grant.options))) - {PUBLIC}
