"""Small current states for the engine's pure tests, and what PostgreSQL has when it is as a desired state says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from db_access.plan.privileges import IN_SCHEMAS, PUBLIC, Acl, DefaultKey, Kind, Privilege, Privileges
from db_access.plan.roles import Role
from db_access.postgresql.state import Current, CurrentObjects, CurrentRole, Desired, Membership
from tests.unit.db_access.postgresql.specs import MASTER

OURS: Final = "keyless-aurora"
Place = tuple[Kind, str | None, str, str | None]
"""Kind, schema, name, and column or None."""

_OF_PUBLIC: Final = {
    Kind.DATABASE: "CONNECT TEMPORARY",
    Kind.FUNCTION: "EXECUTE",
    Kind.TYPE: "USAGE",
}
"""What PostgreSQL gives PUBLIC where nobody has said anything (postgresql.org, Privileges, table 5.2)."""
_EXIST: Final = {Kind.TABLE: "t", Kind.SEQUENCE: "s", Kind.FUNCTION: "f()", Kind.TYPE: "e"}
"""One object of each kind in every schema."""
_COLUMNS: Final = ("id", "the_key")


@dataclass(frozen=True)
class Held:
    """Who owns one object, and who holds what on it."""

    owner: str
    acl: Acl = field(default_factory=dict)
    options: Acl = field(default_factory=dict)


def privileges(names: str) -> Privileges:
    return frozenset(map(Privilege, names.split()))


def acl(**held: str) -> Acl:
    """`acl(u="SELECT INSERT", public="EXECUTE")`."""
    return {PUBLIC if who == "public" else who: privileges(names) for who, names in held.items()}


def role(name: str, **about: Any) -> CurrentRole:
    """A role of ours, unless `managed_by` says otherwise."""
    return CurrentRole(name, **{"managed_by": OURS, **about})


def objects(kind: Kind, *names: str, schema: str | None = "foo", owner: str = "owner", **about: Any) -> CurrentObjects:
    return CurrentObjects(kind, schema, names, about.pop("acl", {}), owner=owner, **about)


def with_objects(current: Current, *others: CurrentObjects) -> Current:
    """`current`, where these objects are as given here, whether they were there before or not."""
    return replace(current, objects=grouped({**flat(current.objects), **flat(others)}))


def with_role(current: Current, name: str, **about: Any) -> Current:
    there = current.roles.get(name, role(name))
    return replace(current, roles={**current.roles, name: replace(there, **about)})


def with_memberships(current: Current, *others: Membership) -> Current:
    """`current`, with these memberships instead of those between the same roles."""
    named = {(m.role, m.member) for m in others}
    return replace(
        current,
        memberships=frozenset((*(m for m in current.memberships if (m.role, m.member) not in named), *others)),
    )


def flat(found: Iterable[CurrentObjects]) -> dict[Place, Held]:
    """Each object and each column by itself."""
    return {
        (each.kind, each.schema, name, each.columns[0] if each.columns else None): Held(
            each.owner, each.acl, each.options
        )
        for each in found
        for name in each.names
    }


def grouped(found: Mapping[Place, Held]) -> tuple[CurrentObjects, ...]:
    """As the catalog has them: what is alike together, whole tables before their columns."""
    alike: dict[tuple[object, ...], CurrentObjects] = {}
    for (kind, schema, name, column), held in sorted(found.items(), key=lambda item: (*map(str, item[0]),)):
        key = (kind, schema, column, held.owner, _text(held.acl), _text(held.options))
        columns = () if column is None else (column,)
        new = CurrentObjects(kind, schema, (), held.acl, columns, owner=held.owner, options=held.options)
        there = alike.setdefault(key, new)
        alike[key] = replace(there, names=(*there.names, name))
    return tuple(sorted(alike.values(), key=lambda each: (each.kind, each.schema or "", each.columns, each.names)))


def _text(held: Acl) -> str:
    return str(sorted((who, sorted(names)) for who, names in held.items() if names))


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
    return {PUBLIC: by_postgresql, **asked_of(wanted, place)}


def _found(wanted: Role) -> CurrentRole:
    return CurrentRole(**{about.name: getattr(wanted, about.name) for about in fields(Role)})


def _defaults(wanted: Desired) -> dict[DefaultKey, Acl]:
    """PostgreSQL records no default that says nothing, but that functions are for PUBLIC is said by recording none."""
    recorded = {key: {who: names for who, names in held.items() if names} for key, held in wanted.defaults.items()}
    return {key: held for key, held in recorded.items() if held or (key.schema is None and key.kind is Kind.FUNCTION)}
