"""What the catalog queries' rows say, as values. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from sys import intern
from typing import Any, Final, NamedTuple

from db_access.plan.privileges import Acl, DefaultKey, Kind, Privilege
from db_access.postgresql.catalog.acl import held
from db_access.postgresql.catalog.settings import stored
from db_access.postgresql.mark import parse
from db_access.postgresql.others import OtherGrant, Stranger
from db_access.postgresql.state import CurrentObjects, CurrentRole, ForeignMembership, Membership, Routine

Row = Sequence[Any]
_NOTHING: frozenset[str] = frozenset()
_ON_SCHEMAS: Final = frozenset({Privilege.USAGE, Privilege.CREATE})


class Rights(NamedTuple):
    objects: tuple[CurrentObjects, ...]
    defaults: Mapping[DefaultKey, Acl]
    default_options: Mapping[DefaultKey, Acl]
    default_others: Mapping[DefaultKey, tuple[OtherGrant, ...]]

    @classmethod
    def of(cls, objects: Iterable[Row], defaults: Iterable[Row], ours: Container[str]) -> "Rights":
        future = {
            DefaultKey(creator, schema, Kind(kind)): held(acl, creator, ours) for creator, schema, kind, acl in defaults
        }
        return cls(
            in_order(_objects(objects, ours)),
            {key: found.acl for key, found in future.items()},
            {key: found.options for key, found in future.items() if found.options},
            {key: found.others for key, found in future.items() if found.others},
        )


class Memberships(NamedTuple):
    ours: frozenset[Membership]
    """Those that a plan is about."""
    foreign: tuple[ForeignMembership, ...]
    """Those of them that others have given."""
    others: frozenset[tuple[str, str]]
    """Role and member of what a plan can't take."""
    uninherited: frozenset[tuple[str, str]]
    """Of these, those without the role's rights until SET ROLE."""

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Memberships":
        ours, foreign, others, inherited = set(), [], set(), set()
        for role_, member_, inherit, admin, set_, is_ours, grantor, inherits in rows:
            name, member = intern(role_), intern(member_)  # a hundred thousand rows, of far fewer roles
            if is_ours and grantor is None:
                ours.add(Membership(name, member, inherit, admin, set_))
            else:
                others.add((name, member))
                if inherits:
                    inherited.add((name, member))
            if grantor is not None:
                foreign.append(ForeignMembership(Membership(name, member, inherit, admin, set_), grantor))
        return cls(frozenset(ours), tuple(foreign), frozenset(others), frozenset(others - inherited))


def strangers(rows: Iterable[Row]) -> dict[str, Stranger]:
    return {
        name: Stranger(name, login, frozenset(elevated) or _NOTHING, parse(comment).managed_by)
        for name, login, elevated, comment in rows
    }


def in_order(found: Iterable[CurrentObjects]) -> tuple[CurrentObjects, ...]:
    """Whole tables before their columns, which a plan counts on."""
    return tuple(sorted(found, key=lambda o: (o.kind, o.schema or "", o.columns, o.names)))


def role(row: Mapping[str, Any]) -> CurrentRole:
    marked, here = parse(row["comment"]), stored(row["settings_here"] or ())
    return CurrentRole(
        intern(row["name"]),
        login=row["login"],
        inherit=row["inherit"],
        connection_limit=row["connection_limit"],
        acts_as=next((text for name, (text, *_) in here if name == "role"), None),
        description=marked.description,
        managed_by=marked.managed_by,
        taken_over_from=marked.taken_over_from,
        elevated=frozenset(row["elevated"]) or _NOTHING,
        used_elsewhere=row["used_elsewhere"],
        valid_until=row["valid_until"],
        settings=stored(row["settings"] or ()),
        settings_here=frozenset(found for found in here if found[0] != "role") if here else here,
        password_version=marked.password_version,
        temporary=marked.temporary,
        in_the_way=tuple(row["in_the_way"] or ()),
        oid=row["oid"],
        sessions=row["sessions"],
    )


def _objects(rows: Iterable[Row], ours: Container[str]) -> Iterator[CurrentObjects]:
    for kind, schema, owner, acl, names, routines, acts in rows:
        named = names if routines is None else map(_routine, routines)
        found = held(acl, owner, ours)
        yield CurrentObjects(
            Kind(kind),
            schema,
            tuple(sorted(named)),
            found.acl,
            owner=owner,
            options=found.options,
            foreign=found.foreign,
            others=found.others,
            acts=acts,
            owner_lacks=_ON_SCHEMAS - found.own if kind == Kind.SCHEMA else frozenset(),
        )


def columns(rows: Iterable[Row], ours: Container[str]) -> Iterator[CurrentObjects]:
    for schema, owner, acl, names, column in rows:
        found = held(acl, owner, ours)
        yield CurrentObjects(
            Kind.TABLE,
            schema,
            tuple(sorted(names)),
            found.acl,
            (column,),
            owner=owner,
            options=found.options,
            foreign=found.foreign,
            others=found.others,
        )


def _routine(row: tuple[str, Sequence[str], Sequence[Sequence[str]]]) -> Routine:
    name, shown, types = row
    return Routine.of(f"{name}({', '.join(shown)})", name, types)
