"""Look up in a desired state what one object should have. Pure.

That is what all of its kind in the schema have, and what the spec gives on it alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db_access.plan.privileges import PUBLIC, Acl, Privileges
from db_access.postgresql.state import CurrentObjects, Desired, Objects, Place

_NOTHING: Acl = {}


@dataclass(frozen=True)
class Lookup:
    general: Mapping[Place, Acl]
    named: Mapping[Place, Mapping[str, Acl]]
    """By object: what the spec gives on it alone, together with what all have."""

    @classmethod
    def of(cls, desired: Desired) -> "Lookup":
        general = {_place(objects): objects.acl for objects in desired.objects if _of_all(objects)}
        alone: dict[Place, dict[str, Acl]] = {}
        for objects in desired.objects:
            if not _of_all(objects):
                names = alone.setdefault(_place(objects), {})
                names.update({name: joined(names.get(name, _NOTHING), objects.acl) for name in objects.names})
        lookup = cls(general, {})
        named: dict[Place, dict[str, Acl]] = {
            place: {name: joined(lookup.acl(place) or {}, acl) for name, acl in names.items()}
            for place, names in alone.items()
        }
        for (place, name), acl in desired.kept.items():
            named.setdefault(place, {})[name] = acl
        return cls(general, named)

    def acl(self, place: Place, name: str | None = None) -> Acl | None:
        """What it should have; None where the spec says nothing. PUBLIC is locked on columns as on their table."""
        if name is not None and (acl := self.named.get(place, {}).get(name)) is not None:
            return acl
        kind, schema, column = place
        if column is None or place in self.general:
            return self.general.get(place)
        table = self.general.get((kind, schema, None))
        return None if table is None else {PUBLIC: table[PUBLIC]} if PUBLIC in table else {}

    def split(self, objects: CurrentObjects) -> Iterator[tuple[tuple[str, ...], Acl]]:
        """The objects, which are alike, by what they should have."""
        place = _place(objects)
        named = self.named.get(place, {})
        alone = [name for name in objects.names if name in named] if named else []
        for name in alone:
            yield (name,), named[name]
        rest = tuple(name for name in objects.names if name not in named) if alone else objects.names
        if rest:
            yield rest, self.acl(place) or {}


def joined(one: Acl, other: Acl) -> Acl:
    both: dict[str, Privileges] = dict(one)
    for grantee, privileges in other.items():
        both[grantee] = both.get(grantee, frozenset()) | privileges
    return both


def _place(objects: Objects) -> Place:
    return objects.kind, objects.schema, objects.columns[0] if objects.columns else None


def _of_all(objects: Objects) -> bool:
    return not objects.names or not objects.kind.in_schema
