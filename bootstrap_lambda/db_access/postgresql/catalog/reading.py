"""Read the current state from PostgreSQL's catalogs, in queries whose number and size don't grow with tables times
users.

`ask` and `Asked.state` are two steps, so that the questions can be part of a pipeline.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from db_access.postgresql.catalog.grants import COLUMNS, DEFAULTS, OBJECTS, SCHEMAS
from db_access.postgresql.catalog.roles import LOGINS, MEMBERSHIPS, MEMBERSHIPS_BEFORE_16, ROLES
from db_access.postgresql.catalog.rows import Rights, columns, in_order, memberships, role
from db_access.postgresql.state import PUBLIC, Kind, State


@dataclass(frozen=True)
class Scope:
    """What to read: roles by name and by mark, everything in the declared schemas, and of the rest what our roles
    hold."""

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


@dataclass(frozen=True)
class Asked:
    """Questions on their way to PostgreSQL, whose answers `state` reads."""

    connection: Connection[Any]
    scope: Scope
    roles: Cursor[dict[str, Any]]
    memberships: Cursor[Any]
    logins: Cursor[Any]
    schemas: Cursor[Any]
    objects: Cursor[Any]
    defaults: Cursor[Any]
    columns: Cursor[Any] | None = None

    def state(self) -> State:
        if self.columns is not None:
            return self._joined(self._without_columns(), self.columns)
        # A round trip more: the other answers are read while PostgreSQL looks at every column there is.
        with self.connection.pipeline():
            asked = self.connection.execute(COLUMNS, _parameters(self.scope))
            found = self._without_columns()
        return self._joined(found, asked)

    def _joined(self, found: State, asked: Cursor[Any]) -> State:
        in_columns = columns(asked.fetchall(), {PUBLIC, *self.scope.roles, *found.roles})
        return replace(found, objects=in_order((*found.objects, *in_columns)))

    def _without_columns(self) -> State:
        roles = {
            found.name: found for found in map(role, self.roles)
        }  # row by row: all at once they are many times as big
        ours, others = memberships(self.memberships)
        rights = Rights.of(self.objects.fetchall(), self.defaults.fetchall(), {PUBLIC, *self.scope.roles, *roles})
        return State(
            roles=roles,
            memberships=ours,
            schemas=dict(self.schemas.fetchall()),
            objects=rights.objects,
            defaults=rights.defaults,
            default_options=rights.default_options,
            membership_options=_has_options(self.connection),
            maintain=self.connection.info.server_version >= 170000,
            other_memberships=others,
            logins=frozenset(name for (name,) in self.logins.fetchall()),
        )


def ask(connection: Connection[Any], scope: Scope) -> Asked:
    """Within a pipeline: ask for the current state within `scope`. Read the answers after its end."""
    parameters = _parameters(scope)
    return Asked(
        connection,
        scope,
        roles=connection.cursor(row_factory=dict_row).execute(ROLES, parameters),
        memberships=connection.execute(MEMBERSHIPS if _has_options(connection) else MEMBERSHIPS_BEFORE_16, parameters),
        logins=connection.execute(LOGINS, parameters),
        schemas=connection.execute(SCHEMAS, parameters),
        objects=connection.execute(OBJECTS, parameters),
        defaults=connection.execute(DEFAULTS, parameters),
    )


def read(connection: Connection[Any], scope: Scope) -> State:
    """The current state within `scope`, in one round trip."""
    with connection.pipeline():
        asked = replace(ask(connection, scope), columns=connection.execute(COLUMNS, _parameters(scope)))
    return asked.state()


def reread(connection: Connection[Any], scope: Scope, before: State, touched: Set[str]) -> State:
    """`before`, with the rights in the schemas `touched`, on the database and of future objects everywhere read again.

    What has come into these schemas since `before` is not in it: the proof looks at everything.
    """
    parameters = _parameters(scope, touched, _names(before, touched))
    with connection.pipeline():
        objects, in_columns, defaults = (
            connection.execute(query, parameters) for query in (OBJECTS, COLUMNS, DEFAULTS)
        )
    ours = {PUBLIC, *scope.roles, *before.roles}
    rights = Rights.of(objects.fetchall(), defaults.fetchall(), ours)
    same = (o for o in before.objects if o.schema is not None and o.schema not in touched)
    keys = [key for key in before.defaults if key.schema is not None and key.schema not in touched]
    options = {key: before.default_options[key] for key in keys if key in before.default_options}
    return replace(
        before,
        objects=in_order((*same, *rights.objects, *columns(in_columns.fetchall(), ours))),
        defaults={**{key: before.defaults[key] for key in keys}, **rights.defaults},
        default_options={**options, **rights.default_options},
    )


def _names(state: State, schemas: Set[str]) -> set[str]:
    """Of relations and types there."""
    return {
        name
        for objects in state.objects
        if objects.schema in schemas and objects.kind is not Kind.FUNCTION
        for name in objects.names
    }


def _has_options(connection: Connection[Any]) -> bool:
    return connection.info.server_version >= 160000


def _parameters(scope: Scope, touched: Set[str] | None = None, names: Set[str] | None = None) -> dict[str, Any]:
    return {
        "mark": f"[managed by {scope.managed_by}]",
        "roles": list(scope.roles),
        "schemas": list(scope.schemas),
        "creators": list(scope.creators),
        "master": scope.master,
        "key_columns": list(scope.key_columns),
        "any_key": bool(scope.key_columns),
        "types": scope.types,
        "drop": list(scope.drop),
        "touched": None if touched is None else sorted(touched),
        "names": None if names is None else sorted(names),
    }
