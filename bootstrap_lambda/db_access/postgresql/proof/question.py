"""Ask PostgreSQL who can do what, and read the answer. The package says why these questions are enough."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection, Cursor

from db_access.plan.privileges import Kind
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog.acl import privileges_of
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.desired.predefined import everywhere
from db_access.postgresql.proof.compare import Held, ObjectClass, Violation, differences
from db_access.postgresql.proof.inherited import effective, inheriting_members
from db_access.postgresql.proof.queries import EFFECTIVE
from db_access.postgresql.state import Current, Desired

_MANY: Final = 1000
"""Tables from which on it is quicker to look at all."""


def ask(
    connection: Connection[Any],
    desired: Desired,
    current: Current | None = None,
    *,
    settled: Callable[[], Desired] | None = None,
) -> Answer[list[Violation]]:
    """Within a pipeline: ask in what ways PostgreSQL allows more or less than `desired`, by user and object.

    Looks at the database, the declared schemas (and public, where it is locked) and every object in the declared ones.

    Args:
        current: a state read in the same transaction after its last change, if there is one.
        settled: `desired` with what is known only when the answer is read: other memberships, owners of schemas.
    """
    who, kept = Subjects.of(desired), frozenset[str]().union(*desired.through.values())
    parameters = {
        **_columns(desired, current),
        **_names(desired),
        "users": sorted(who.all | kept),
        "makers": sorted(who.makers - kept),
        "owners": sorted({*desired.roles, *(key.creator for key in desired.defaults)}),
        "schemas": sorted({objects.schema for objects in desired.objects if objects.schema is not None}),
        "maintain": connection.info.server_version >= 170000,
    }
    asked = connection.execute(EFFECTIVE, parameters)
    return Answer(lambda: list(_violations(asked, settled() if settled else desired)))


@dataclass(frozen=True)
class Subjects:
    """Every role of the spec; not the master, who makes objects too."""

    all: frozenset[str]
    makers: frozenset[str]
    """Owners and creators of this database's schemas: what they own is theirs to do anything with."""

    @classmethod
    def of(cls, desired: Desired) -> "Subjects":
        makers = {*desired.schemas.values(), *(key.creator for key in desired.defaults)} - desired.keepers
        return cls(frozenset(desired.roles), frozenset(desired.roles.keys() & makers))

    def about(self, found: ObjectClass) -> frozenset[str]:
        return self.all - {found.owner} if found.owner in self.makers else self.all


def _violations(asked: Cursor[Any], desired: Desired) -> Iterator[Violation]:
    who, members = Subjects.of(desired), inheriting_members(desired.memberships)
    lookup = Lookup.of(desired)
    through = _with_members(desired.through, members)
    predefined = everywhere(desired.memberships)
    for found in _classes(asked):
        name = found.alone if found.kind.in_schema else found.name
        acl = lookup.acl((found.kind, found.schema, found.column), name)
        if acl is not None:
            # On a column they are what is held on the whole table.
            held = acl if found.column is not None else {**acl, **predefined[found.kind]}
            stays = found.owner if found.schema in desired.keeping else None
            owner = desired.owned.get(((found.kind, found.schema, None), name or ""), stays)
            besides = () if owner is None else (owner, *members.get(owner, ()))
            yield from differences(found, effective(held, members), who.about(found).difference(besides), through)


def _with_members(
    through: Mapping[str, frozenset[str]], members: Mapping[str, Sequence[str]]
) -> dict[str, frozenset[str]]:
    """Who inherits from a member has what it has."""
    found: dict[str, frozenset[str]] = {}
    for member, roles in through.items():
        for name in (member, *members.get(member, ())):
            found[name] = found.get(name, frozenset()) | roles
    return found


def _classes(asked: Cursor[Any]) -> Iterable[ObjectClass]:
    classes: dict[int, ObjectClass] = {}
    for id_, kind, schema, column, alone, count, oid, owner, name, held, whole, who in asked.fetchall():
        if id_ not in classes:
            of_kind = Kind.TABLE if kind == "column" else Kind(kind)
            classes[id_] = ObjectClass(of_kind, schema, column, alone, name, oid, count, owner)
        answer = Held(privileges_of(held), privileges_of(whole))
        classes[id_].answers.update(dict.fromkeys(who, answer))
    return classes.values()


def _columns(desired: Desired, current: Current | None) -> dict[str, Any]:
    """In which tables to look for columns with rights of their own, and which columns the spec speaks of."""
    keys = {column for objects in desired.objects for column in objects.columns}
    found = (
        sorted({(o.schema or "", name) for o in current.objects if o.columns for name in o.names}) if current else []
    )
    return {
        "all_columns": current is None or len(found) > _MANY,
        "column_schemas": [schema for schema, _ in found],
        "column_tables": [name for _, name in found],
        "key_columns": sorted(keys),
        "any_key": bool(keys),
    }


def _names(desired: Desired) -> dict[str, Any]:
    """The objects that the spec speaks of one by one."""
    kept = ((schema, name) for (kind, schema, _), name in (*desired.kept, *desired.owned) if kind.in_schema)
    named = {
        *((objects.schema, name) for objects in desired.objects if objects.kind.in_schema for name in objects.names),
        *kept,
    }
    return {
        "named_schemas": [schema for schema, _ in named],
        "named": [name for _, name in named],
        "any_named": bool(named),
    }
