"""Read the current state, in queries whose number and size don't grow with tables times users."""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog.authority import AUTHORITY, limits
from db_access.postgresql.catalog.grants import COLUMNS, DEFAULTS, OBJECTS, SCHEMAS
from db_access.postgresql.catalog.roles import (
    LOGINS,
    MEMBERSHIPS,
    MEMBERSHIPS_BEFORE_16,
    PREDEFINED,
    ROLES,
    SLOTS,
    STRANGERS,
)
from db_access.postgresql.catalog.rows import Memberships, Rights, columns, in_order, role, strangers
from db_access.postgresql.catalog.scope import Scope
from db_access.postgresql.state import UNREADABLE, Current


def ask(connection: Connection[Any], scope: Scope) -> Answer[Current]:
    """Within a pipeline: ask for the current state within `scope`.

    To read the answer takes a round trip more, in which PostgreSQL looks at every column there is while the other
    answers are read.
    """
    cursors = _ask(connection, scope)

    def read() -> Current:
        with connection.pipeline():
            in_columns = connection.execute(COLUMNS, scope.parameters())
            found = cursors.read(connection, scope)
        return _joined(found, scope, in_columns)

    return Answer(read)


def read(connection: Connection[Any], scope: Scope) -> Current:
    """The current state within `scope`, in one round trip."""
    with connection.pipeline():
        cursors, in_columns = _ask(connection, scope), connection.execute(COLUMNS, scope.parameters())
    return _joined(cursors.read(connection, scope), scope, in_columns)


def reread(connection: Connection[Any], scope: Scope, before: Current, touched: Set[str]) -> Current:
    """`before`, with the rights in the schemas `touched`, on the database and of future objects everywhere read again.

    What has come into these schemas since `before` is not in it: the proof looks at everything.
    """
    parameters = scope.parameters(touched, _names(before, touched))
    with connection.pipeline():
        objects, in_columns, defaults = (
            connection.execute(query, parameters) for query in (OBJECTS, COLUMNS, DEFAULTS)
        )
    ours = {PUBLIC, *scope.roles, *before.roles}
    rights = Rights.of(objects.fetchall(), defaults.fetchall(), ours)
    same = (o for o in before.objects if o.schema is not None and o.schema not in touched)
    keys = [key for key in before.defaults if key.schema is not None and key.schema not in touched]
    options = {key: before.default_options[key] for key in keys if key in before.default_options}
    others = {key: before.default_others[key] for key in keys if key in before.default_others}
    return replace(
        before,
        objects=in_order((*same, *rights.objects, *columns(in_columns.fetchall(), ours))),
        defaults={**{key: before.defaults[key] for key in keys}, **rights.defaults},
        default_options={**options, **rights.default_options},
        default_others={**others, **rights.default_others},
    )


@dataclass(frozen=True)
class _Cursors:
    """One for each question but that about columns."""

    roles: Cursor[dict[str, Any]]
    memberships: Cursor[Any]
    logins: Cursor[Any]
    predefined: Cursor[Any]
    strangers: Cursor[Any]
    slots: Cursor[Any]
    schemas: Cursor[Any]
    objects: Cursor[Any]
    defaults: Cursor[Any]
    authority: Cursor[Any]

    def read(self, connection: Connection[Any], scope: Scope) -> Current:
        # Row by row: all at once the roles are many times as big.
        all_roles = {found.name: found for found in map(role, self.roles)}
        roles = {name: found for name, found in all_roles.items() if UNREADABLE not in name}
        beyond = replace(
            limits(self.authority.fetchall(), all_roles.values()), unnameable=frozenset(all_roles.keys() - roles.keys())
        )
        memberships = Memberships.of(self.memberships)
        ((slots, now),) = self.slots.fetchall()
        rights = Rights.of(self.objects.fetchall(), self.defaults.fetchall(), {PUBLIC, *scope.roles, *roles})
        return Current(
            roles=roles,
            memberships=memberships.ours,
            foreign_memberships=memberships.foreign,
            schemas=dict(self.schemas.fetchall()),
            objects=rights.objects,
            defaults=rights.defaults,
            default_options=rights.default_options,
            default_others=rights.default_others,
            strangers=strangers(self.strangers),
            slots=slots,
            now=now,
            membership_options=_has_options(connection),
            maintain=connection.info.server_version >= 170000,
            other_memberships=memberships.others,
            uninherited=memberships.uninherited,
            logins=frozenset(name for (name,) in self.logins.fetchall()),
            predefined=dict(self.predefined.fetchall()),
            limits=beyond,
        )


def _ask(connection: Connection[Any], scope: Scope) -> _Cursors:
    parameters = scope.parameters()
    return _Cursors(
        roles=connection.cursor(row_factory=dict_row).execute(ROLES, parameters),
        memberships=connection.execute(MEMBERSHIPS if _has_options(connection) else MEMBERSHIPS_BEFORE_16, parameters),
        logins=connection.execute(LOGINS, parameters),
        predefined=connection.execute(PREDEFINED, parameters),
        strangers=connection.execute(STRANGERS, parameters),
        slots=connection.execute(SLOTS),
        schemas=connection.execute(SCHEMAS, parameters),
        objects=connection.execute(OBJECTS, parameters),
        defaults=connection.execute(DEFAULTS, parameters),
        authority=connection.execute(AUTHORITY, {**parameters, "options": _has_options(connection)}),
    )


def _joined(found: Current, scope: Scope, asked: Cursor[Any]) -> Current:
    in_columns = columns(asked.fetchall(), {PUBLIC, *scope.roles, *found.roles})
    return replace(found, objects=in_order((*found.objects, *in_columns)))


def _names(state: Current, schemas: Set[str]) -> set[str]:
    """Of relations and types there."""
    return {
        name
        for objects in state.objects
        if objects.schema in schemas and objects.kind is not Kind.FUNCTION
        for name in objects.names
    }


def _has_options(connection: Connection[Any]) -> bool:
    return connection.info.server_version >= 160000
