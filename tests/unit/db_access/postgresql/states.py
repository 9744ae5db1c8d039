"""Small current states for the engine's pure tests, object by object."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege, Privileges
from db_access.postgresql.state import Current, CurrentObjects, CurrentRole, Membership

OURS: Final = "keyless-aurora"
Place = tuple[Kind, str | None, str, str | None]
"""Kind, schema, name, and column or None."""


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
