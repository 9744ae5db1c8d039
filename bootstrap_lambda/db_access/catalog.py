"""Read the current state from PostgreSQL's catalogs, in queries whose number and size don't grow with tables times users."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection
from psycopg.rows import dict_row

from db_access.catalog_acl import held
from db_access.catalog_grants import DEFAULTS, OBJECTS, SCHEMAS
from db_access.catalog_roles import MEMBERSHIPS, ROLES
from db_access.mark import parse
from db_access.settings import stored
from db_access.state import PUBLIC, Acl, DefaultKey, Kind, Membership, Objects, Role, Routine, State


@dataclass(frozen=True)
class Scope:
    """What to read: roles by name and by mark, everything in the declared schemas, and of the rest what our roles hold."""

    managed_by: str
    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    creators: tuple[str, ...]
    master: str
    key_columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    types: bool = False
    """Whether the spec gives anything on types."""

    @classmethod
    def of(cls, desired: State, *, managed_by: str, master: str) -> "Scope":
        creators = {key.creator for key in desired.defaults}
        # PUBLIC's rights on schema public are ours wherever it is locked, declared or not.
        schemas = {objects.schema for objects in desired.objects if objects.schema is not None}
        roles, drop = tuple(sorted(desired.roles)), tuple(sorted(desired.drop))
        types = any(objects.kind is Kind.TYPE and objects.acl for objects in desired.objects)
        columns = tuple(sorted({column for objects in desired.objects for column in objects.columns}))
        return cls(managed_by, roles, tuple(sorted(schemas)), tuple(sorted(creators)), master, columns, drop, types)


def read(connection: Connection[Any], scope: Scope) -> State:
    """The current state within `scope`, in one round trip."""
    roles, memberships, schemas, objects, defaults = _rows(connection, scope, None, ROLES, MEMBERSHIPS, SCHEMAS, OBJECTS, DEFAULTS)
    rights = _Rights.of(objects, defaults, {PUBLIC, *scope.roles, *(row["name"] for row in roles)})
    return State(
        roles={row["name"]: _role(row) for row in roles},
        memberships=frozenset(Membership(**row) for row in memberships),
        schemas={row["name"]: row["owner"] for row in schemas},
        objects=rights.objects,
        defaults=rights.defaults,
        default_options=rights.default_options,
        membership_options=connection.info.server_version >= 160000,
    )


def reread(connection: Connection[Any], scope: Scope, before: State, touched: Set[str]) -> State:
    """`before`, with the rights in the schemas `touched`, on the database and of future objects everywhere read again."""
    objects, defaults = _rows(connection, scope, sorted(touched), OBJECTS, DEFAULTS)
    rights = _Rights.of(objects, defaults, {PUBLIC, *scope.roles, *before.roles})
    same = tuple(o for o in before.objects if o.schema is not None and o.schema not in touched)
    keys = [key for key in before.defaults if key.schema is not None and key.schema not in touched]
    options = {key: before.default_options[key] for key in keys if key in before.default_options}
    return replace(
        before,
        objects=tuple(sorted((*same, *rights.objects), key=_order)),
        defaults={**{key: before.defaults[key] for key in keys}, **rights.defaults},
        default_options={**options, **rights.default_options},
    )


def _rows(connection: Connection[Any], scope: Scope, touched: list[str] | None, *queries: LiteralString) -> list[list[dict[str, Any]]]:
    parameters = {
        "mark": f"[managed by {scope.managed_by}]",
        "roles": list(scope.roles),
        "schemas": list(scope.schemas),
        "creators": list(scope.creators),
        "master": scope.master,
        "key_columns": list(scope.key_columns),
        "any_key": bool(scope.key_columns),
        "types": scope.types,
        "drop": list(scope.drop),
        "touched": touched,
    }
    with connection.pipeline():
        cursors = [connection.cursor(row_factory=dict_row).execute(query, parameters) for query in queries]
    return [cursor.fetchall() for cursor in cursors]


class _Rights(NamedTuple):
    objects: tuple[Objects, ...]
    defaults: Mapping[DefaultKey, Acl]
    default_options: Mapping[DefaultKey, Acl]

    @classmethod
    def of(cls, objects: Iterable[Mapping[str, Any]], defaults: Iterable[Mapping[str, Any]], ours: Container[str]) -> "_Rights":
        future = {DefaultKey(row["creator"], row["schema"], Kind(row["kind"])): held(row["acl"], row["creator"], ours) for row in defaults}
        return cls(
            tuple(sorted(_objects(objects, ours), key=_order)),
            {key: found.acl for key, found in future.items()},
            {key: found.options for key, found in future.items() if found.options},
        )


def _order(objects: Objects) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Whole tables before their columns, which a plan counts on."""
    return objects.kind, objects.schema or "", objects.columns, objects.names


def _role(row: Mapping[str, Any]) -> Role:
    marked = parse(row["comment"])
    return Role(
        row["name"],
        login=row["login"],
        inherit=row["inherit"],
        connection_limit=row["connection_limit"],
        acts_as=row["acts_as"],
        description=marked.description,
        managed_by=marked.managed_by,
        elevated=frozenset(row["elevated"]),
        used_elsewhere=row["used_elsewhere"],
        valid_until=row["valid_until"],
        settings=stored(row["settings"] or ()),
        password_version=marked.password_version,
        in_the_way=tuple(row["in_the_way"] or ()),
        oid=row["oid"],
    )


def _objects(rows: Iterable[Mapping[str, Any]], ours: Container[str]) -> Iterator[Objects]:
    for row in rows:
        names = row["names"] if row["routines"] is None else map(_routine, row["routines"])
        columns = () if row["column"] is None else (row["column"],)
        found = held(row["acl"], row["owner"], ours)
        yield Objects(
            Kind(row["kind"]), row["schema"], tuple(sorted(names)), found.acl, row["owner"], columns, found.options, found.given
        )  # fmt: skip


def _routine(row: tuple[str, Sequence[str], Sequence[Sequence[str]]]) -> Routine:
    name, shown, types = row
    return Routine.of(f"{name}({', '.join(shown)})", name, types)
