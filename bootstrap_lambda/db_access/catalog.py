"""Read the current state from PostgreSQL's catalogs, in queries whose number and size don't grow with tables times users."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from db_access.catalog_grants import DEFAULTS, OBJECTS, SCHEMAS
from db_access.catalog_roles import MEMBERSHIPS, ROLES
from db_access.mark import parse
from db_access.state import DefaultKey, Kind, Membership, Objects, Privilege, Role, State


@dataclass(frozen=True)
class Scope:
    """What to read: roles by name and by mark, everything in the declared schemas, and of the rest what our roles hold."""

    managed_by: str
    roles: tuple[str, ...]
    schemas: tuple[str, ...]
    creators: tuple[str, ...]
    master: str

    @classmethod
    def of(cls, desired: State, *, managed_by: str, master: str) -> "Scope":
        creators = {key.creator for key in desired.defaults}
        # PUBLIC's rights on schema public are ours wherever it is locked, declared or not.
        schemas = {objects.schema for objects in desired.objects if objects.schema is not None}
        return cls(managed_by, tuple(sorted(desired.roles)), tuple(sorted(schemas)), tuple(sorted(creators)), master)


def read(connection: Connection[Any], scope: Scope) -> State:
    """The current state within `scope`, in one round trip."""
    parameters = {
        "mark": f"[managed by {scope.managed_by}]",
        "roles": list(scope.roles),
        "schemas": list(scope.schemas),
        "creators": list(scope.creators),
        "master": scope.master,
    }
    with connection.pipeline():
        cursors = [
            connection.cursor(row_factory=dict_row).execute(query, parameters) for query in (ROLES, MEMBERSHIPS, SCHEMAS, OBJECTS, DEFAULTS)
        ]
    roles, memberships, schemas, objects, defaults = (cursor.fetchall() for cursor in cursors)
    return State(
        roles={row["name"]: _role(row) for row in roles},
        memberships=frozenset(Membership(**row) for row in memberships),
        schemas={row["name"]: row["owner"] for row in schemas},
        objects=tuple(_objects(objects)),
        defaults={DefaultKey(row["creator"], row["schema"], Kind(row["kind"])): _acl(row["acl"]) for row in defaults},
    )


def _role(row: Mapping[str, Any]) -> Role:
    description, managed_by = parse(row["comment"])
    return Role(
        row["name"],
        login=row["login"],
        inherit=row["inherit"],
        connection_limit=row["connection_limit"],
        acts_as=row["acts_as"],
        description=description,
        managed_by=managed_by,
        elevated=frozenset(row["elevated"]),
        used_elsewhere=row["used_elsewhere"],
    )


def _objects(rows: Iterable[Mapping[str, Any]]) -> Iterator[Objects]:
    for row in rows:
        yield Objects(
            Kind(row["kind"]), row["schema"], tuple(sorted(row["names"])), _acl(row["acl"]), row["owner"], tuple(sorted(row["columns"]))
        )


def _acl(grants: Mapping[str, list[str]] | None) -> dict[str, frozenset[Privilege]]:
    return {grantee: frozenset(map(Privilege, privileges)) for grantee, privileges in (grants or {}).items()}
