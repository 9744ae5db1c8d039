"""Reads roles, memberships, things with their ACLs, and what leads to other things."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from psycopg import Connection, IsolationLevel

from db_access.postgresql import session
from keyless.effective.catalog.model import Catalog, Membership, Role, View
from keyless.effective.catalog.queries import CASCADES, CHILDREN, DEFINERS, MEMBERSHIPS, ROLES, THINGS, VIEWS
from keyless.effective.things import Grant, Thing

_LOCK_TIMEOUT: Final = "5s"


def begin(connection: Connection[Any]) -> None:
    """A transaction that can write nothing, waits for nobody long, and resolves no name outside pg_catalog."""
    connection.read_only, connection.isolation_level = True, IsolationLevel.REPEATABLE_READ
    session.settle(connection)
    connection.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])


def read(
    connection: Connection[Any], schema: str = "", name: str = "", column: str = "", *, changes: bool = False
) -> Catalog:
    """
    Args:
        connection: after `begin`.
        changes: whether to find out what can be changed through which view.
        schema: to be read though it is PostgreSQL's own. `name` and `column`: to be read though it has no ACL.
    """
    asked = {"schema": schema, "name": name, "column": column}
    with connection.pipeline():
        roles, memberships = connection.execute(ROLES), connection.execute(MEMBERSHIPS)
        things, views = connection.execute(THINGS, asked), connection.execute(VIEWS, [changes])
        definers, children = connection.execute(DEFINERS), connection.execute(CHILDREN)
        cascades = connection.execute(CASCADES)
    return Catalog(
        database=connection.info.dbname,
        roles={row[0]: Role(*row) for row in roles},
        memberships=[Membership(*row) for row in memberships],
        things=[_thing(*row) for row in things],
        views=[*_views(views.fetchall()), *_parents(children.fetchall()), *_referred(cascades.fetchall())],
        definers=frozenset(row[0] for row in definers),
    )


def _thing(
    kind: str,
    oid: int,
    schema: str,
    name: str,
    owner: int,
    column: str,
    number: int,
    arguments: str,
    types: str,
    grants: Sequence[str],
) -> Thing:
    pairs = (grant.split(" ", 1) for grant in grants)
    found = tuple(Grant(int(grantee), "TEMPORARY" if what == "TEMP" else what) for grantee, what in pairs)
    return Thing(kind, oid, schema, name, owner, found, column, number, arguments, types)


_CHANGES: Final = {"UPDATE": 1 << 2, "INSERT": 1 << 3, "DELETE": 1 << 4}
"""Bits of pg_relation_is_updatable, by CmdType."""


def _views(rows: Sequence[tuple[int, int, Sequence[int], int]]) -> Iterable[View]:
    for oid, base, columns, bits in rows:
        passes = {"SELECT", *(what for what, bit in _CHANGES.items() if bits & bit)}
        yield View(oid, base, frozenset(passes), frozenset(columns))


def _parents(rows: Sequence[tuple[int, int, str, Sequence[int]]]) -> Iterable[View]:
    """PostgreSQL asks for rights on what a statement names. What is inserted goes to partitions only."""
    for parent, child, form, columns in rows:
        passes = {"SELECT", "UPDATE", "DELETE", "TRUNCATE", *(["INSERT"] if form == "p" else [])}
        yield View(parent, child, frozenset(passes), frozenset(columns), as_owner=False, words="of which it is a part")


def _referred(rows: Sequence[tuple[int, int, Sequence[int], bool, bool]]) -> Iterable[View]:
    """An update changes the columns that refer to the other table, a delete takes the row."""
    for table, child, columns, updates, deletes in rows:
        passes = {what for what, does in (("UPDATE", updates), ("DELETE", deletes)) if does}
        yield View(
            table, child, frozenset(passes), frozenset(columns), as_owner=False, words="to which its rows cascade"
        )
