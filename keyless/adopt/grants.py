"""What one role has been granted, as the grants of a spec. Pure.

A right on every object of a kind that future ones will give, too, is a grant on the schema. Any other is one on these
objects alone (`only`): a spec that said more would make default privileges that nobody has made.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from typing import Any, Final

from db_access.plan.privileges import IN_SCHEMAS, DefaultKey, Kind, Privileges
from db_access.postgresql.desired.entries import in_one_schema
from db_access.postgresql.state import Current, CurrentObjects
from db_access.spec import Access, Grant

_FIELDS: Final = {Kind.TABLE: "tables", Kind.SEQUENCE: "sequences", Kind.FUNCTION: "functions", Kind.TYPE: "types"}
_USUAL: Final = [*Grant.model_fields["schema_privileges"].default]
_NOTHING: Privileges = frozenset()
Document = dict[str, Any]
Makers = Mapping[str, Sequence[str]]
"""By schema, whoever makes objects in it: its owner, its creators and the master."""


def on_database(role: str, current: Current) -> Privileges:
    found = [objects.acl.get(role, _NOTHING) for objects in current.objects if objects.kind is Kind.DATABASE]
    return _NOTHING.union(*found)


def grants(role: str, current: Current, database: str, makers: Makers) -> list[Document]:
    """Of the role in the declared schemas."""
    found: list[Document] = []
    for schema, names in makers.items():
        here = [objects for objects in current.objects if objects.schema == schema]
        place = {"database": database, "schemas": [schema]}
        on_schema = _words(_NOTHING.union(*(o.acl.get(role, _NOTHING) for o in here if o.kind is Kind.SCHEMA)))
        given = [*_given(role, here, current, schema, names)]
        if on_schema and not given:
            given = [{"schema_privileges": on_schema}]
        unusual = {} if on_schema == _USUAL else {"schema_privileges": on_schema}
        found += [{**place, **each, **unusual} for each in given]
    return found


def _given(
    role: str, here: list[CurrentObjects], current: Current, schema: str, makers: Sequence[str]
) -> Iterator[Document]:
    whole = {kind: _on_all(role, kind, here, current, schema, makers) for kind in IN_SCHEMAS}
    if any(whole.values()):
        yield _preset(whole) or {_FIELDS[kind]: _words(privileges) for kind, privileges in whole.items() if privileges}
    for kind in IN_SCHEMAS:
        yield from _on_some(role, kind, here, whole[kind], schema)
    yield from _on_columns(role, here, schema)


def _preset(whole: Mapping[Kind, Privileges]) -> Document:
    """The preset that gives just this, if there is one."""
    return next(({"access": access.value} for access, gives in _presets().items() if gives == whole), {})


@cache
def _presets() -> dict[Access, Mapping[Kind, Privileges]]:
    """What each gives on every kind of object, as the engine has it."""
    given: dict[Access, Mapping[Kind, Privileges]] = {}
    for access in (each for each in Access if each is not Access.OWNER):
        grant = Grant(database="any", schemas=("any",), access=access)
        entries = {entry.kind: entry.privileges for entry in in_one_schema(grant, "any")}
        given[access] = {kind: entries.get(kind, _NOTHING) for kind in IN_SCHEMAS}
    return given


def _on_all(
    role: str, kind: Kind, here: list[CurrentObjects], current: Current, schema: str, makers: Sequence[str]
) -> Privileges:
    """What it has on each that is there, and will have on whatever anybody makes there; what is its own aside."""
    keys = [DefaultKey(maker, schema, kind) for maker in makers if maker != role]
    future = [current.defaults.get(key, {}).get(role, _NOTHING) for key in keys]
    whole = [objects for objects in here if objects.kind is kind and not objects.columns and objects.owner != role]
    there = [objects.acl.get(role, _NOTHING) for objects in whole]
    return reduce(frozenset.intersection, [*future, *there])


def _on_some(role: str, kind: Kind, here: list[CurrentObjects], whole: Privileges, schema: str) -> Iterator[Document]:
    named: dict[Privileges, list[str]] = {}
    for objects in here:
        if objects.kind is kind and not objects.columns and (more := objects.acl.get(role, _NOTHING) - whole):
            named.setdefault(more, []).extend(f"{schema}.{name}" for name in objects.names)
    for privileges, names in sorted(named.items(), key=lambda item: sorted(item[0])):
        yield {_FIELDS[kind]: _words(privileges), "only": sorted(names)}


def _on_columns(role: str, here: list[CurrentObjects], schema: str) -> Iterator[Document]:
    """SELECT alone, which is all that a spec can give on columns."""
    named: dict[str, list[str]] = {}
    for objects in here:
        if objects.columns and objects.acl.get(role):
            named.setdefault(objects.columns[0], []).extend(f"{schema}.{name}" for name in objects.names)
    for column, names in sorted(named.items()):
        yield {"key_columns": [column], "only": sorted(names)}


def _words(privileges: Privileges) -> list[str]:
    return [privilege.value for privilege in sorted(privileges)]
