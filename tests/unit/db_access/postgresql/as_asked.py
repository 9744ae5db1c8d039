"""What PostgreSQL has when it is just as a desired state says."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

from db_access.plan.privileges import IN_SCHEMAS, PUBLIC, Acl, DefaultKey, Kind, Privileges
from db_access.plan.roles import Role
from db_access.postgresql.state import Current, CurrentRole, Desired, Membership
from db_access.spec.model.predefined import ALLOWED
from tests.unit.db_access.postgresql.specs import MASTER
from tests.unit.db_access.postgresql.states import Held, Place, grouped, privileges

_OF_PUBLIC: Final = {
    Kind.DATABASE: "CONNECT TEMPORARY",
    Kind.FUNCTION: "EXECUTE",
    Kind.TYPE: "USAGE",
}
"""What PostgreSQL gives PUBLIC where nobody has said anything (postgresql.org, Privileges, table 5.2)."""
_EXIST: Final = {Kind.TABLE: "t", Kind.SEQUENCE: "s", Kind.FUNCTION: "f()", Kind.TYPE: "e"}
"""One object of each kind in every schema."""
_COLUMNS: Final = ("id", "the_key")


def asked_of(wanted: Desired, place: Place) -> Acl:
    """What the spec gives on one object: what it gives on all of its kind, and on it alone. PUBLIC with nothing: locked."""
    kind, schema, name, column = place
    found: dict[str, Privileges] = {}
    for each in wanted.objects:
        here = each.columns == (() if column is None else (column,)) and (not each.names or name in each.names)
        if (each.kind, each.schema) == (kind, schema) and here:
            for who, names in each.acl.items():
                found[who] = found.get(who, frozenset()) | names
    if column is not None and PUBLIC in asked_of(wanted, (kind, schema, name, None)):
        found.setdefault(PUBLIC, frozenset())
    return found


def as_current(wanted: Desired, *, membership_options: bool = True, maintain: bool = True) -> Current:
    """What PostgreSQL has when it is just as `wanted` says: with an object of each kind in every schema, and those
    that the spec names. From version 16 on (`membership_options`) the master administers the roles that it made."""
    held = {
        place: Held(_owner(wanted, place), {who: names for who, names in _granted(wanted, place).items() if names})
        for place in _places(wanted)
    }
    memberships = {(m.role, m.member): m for m in wanted.memberships}
    if membership_options:
        for name in wanted.roles:
            plain = memberships.get((name, MASTER), Membership(name, MASTER, inherit=False, set=False))
            memberships[name, MASTER] = replace(plain, admin=True)
    else:
        memberships = {key: replace(m, inherit=None, set=None) for key, m in memberships.items()}
    return Current(
        roles={name: _found(there) for name, there in wanted.roles.items()},
        memberships=frozenset(memberships.values()),
        schemas=dict(wanted.schemas),
        objects=grouped(held),
        defaults=_defaults(wanted),
        logins=frozenset({MASTER}),
        predefined=dict.fromkeys(ALLOWED, True),
        membership_options=membership_options,
        maintain=maintain,
    )


def _places(wanted: Desired) -> Iterable[Place]:
    for each in wanted.objects:
        if not each.kind.in_schema:
            yield each.kind, each.schema, each.names[0], None
    for schema in wanted.schemas:
        for kind in IN_SCHEMAS:
            named = {
                name for each in wanted.objects if (each.kind, each.schema) == (kind, schema) for name in each.names
            }
            for name in {_EXIST[kind], *named}:
                yield kind, schema, name, None
                if kind is Kind.TABLE:
                    yield from ((kind, schema, name, column) for column in _COLUMNS)


def _owner(wanted: Desired, place: Place) -> str:
    kind, schema, *_ = place
    return MASTER if kind is Kind.DATABASE else wanted.schemas.get(schema or "", "pg_database_owner")


def _granted(wanted: Desired, place: Place) -> Acl:
    by_postgresql = privileges(_OF_PUBLIC.get(place[0], ""))
    given = {PUBLIC: by_postgresql, **asked_of(wanted, place)}
    return {who: names for who, names in given.items() if who != _owner(wanted, place)}


def _found(wanted: Role) -> CurrentRole:
    return CurrentRole(**{about.name: getattr(wanted, about.name) for about in fields(Role)})


def _defaults(wanted: Desired) -> dict[DefaultKey, Acl]:
    """PostgreSQL records no default that says nothing, but that functions are for PUBLIC is said by recording none."""
    recorded = {key: {who: names for who, names in held.items() if names} for key, held in wanted.defaults.items()}
    return {key: held for key, held in recorded.items() if held or (key.schema is None and key.kind is Kind.FUNCTION)}
