"""The groups through which a database's grants go when it says `grants: through_groups`. Pure.

PostgreSQL keeps a table's whole ACL in one row of one page, and breaks at 1,200 to 2,400 grantees; a group is one
grantee.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from db_access.plan.privileges import Privileges
from db_access.postgresql.desired.entries import SHAPE, granted, named_within, on_database, shape_of
from db_access.postgresql.state import DesiredRole, Membership
from db_access.spec import Access, AccessSpec, Database, Grant, Grantee

_MAX_BYTES = 63


def schema_holder(spec: AccessSpec, here: Database, who: Grantee, grant: Grant, schema: str) -> str:
    """Who is granted on the schema and its objects: `who`, or its group for that kind of access."""
    if grant.access is Access.OWNER or not _through(here, who):
        return who.name
    return group_for(spec, here, schema, _level(shape_of(grant), named_within(grant)))


def database_holder(spec: AccessSpec, here: Database, who: Grantee, privileges: Privileges) -> str:
    """Who is granted on the database itself."""
    return group_for(spec, here, "+".join(sorted(privileges)).lower()) if _through(here, who) else who.name


def roles(spec: AccessSpec) -> Iterator[DesiredRole]:
    """Every group of every database, since roles are the cluster's."""
    names = dict.fromkeys(membership.role for membership in memberships(spec))
    yield from (
        DesiredRole(name, description="holds grants for its members", managed_by=spec.managed_by) for name in names
    )


def memberships(spec: AccessSpec) -> Iterator[Membership]:
    for here in spec.databases:
        if here.grants == "through_groups":
            yield from _memberships(spec, here)


def _memberships(spec: AccessSpec, here: Database) -> Iterator[Membership]:
    for who in spec.grantees:
        if (privileges := on_database(who, here)) and (
            holder := database_holder(spec, here, who, privileges)
        ) != who.name:
            yield Membership(holder, who.name)
    for who, grant, schema in granted(spec, here):
        if (holder := schema_holder(spec, here, who, grant, schema)) != who.name:
            yield Membership(holder, who.name)


def _through(here: Database, who: Grantee) -> bool:
    """A user that acts as an owner inherits from nobody (before PostgreSQL 16 for all of its memberships), so it is
    granted straight."""
    return here.grants == "through_groups" and not any(grant.access is Access.OWNER for grant in who.grants)


@lru_cache(maxsize=4096)
def _level(shape: tuple[object, ...], within: tuple[str, ...]) -> str:
    """The preset, or for anything finer a name of its own. `shape`, `within`: as `shape_of`
    and `named_within` have them."""
    fields = zip(SHAPE, shape, strict=True)
    given = {name: value for name, value in fields if value != Grant.model_fields[name].default}
    if within:
        given["schemas"] = within
    if given.keys() == {"access"}:
        return f"{given['access']}"
    return f"{given.get('access', 'lists')}-{_digest(sorted(given.items()))}"


def group_for(spec: AccessSpec, here: Database, *parts: str) -> str:
    """`keyless-aurora/app/foo/write_only`. Where that is too long or a slash makes it ambiguous, cut and told apart by
    a digest."""
    return _name((spec.managed_by, here.name, *parts))


@lru_cache(maxsize=4096)
def _name(path: tuple[str, ...]) -> str:
    """Asked for each user again."""
    name = "/".join(path)
    if len(name.encode()) <= _MAX_BYTES and not any("/" in part for part in path):
        return name
    end = f"~{_digest(path)}"
    return name.encode()[: _MAX_BYTES - len(end)].decode(errors="ignore") + end


def _digest(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
