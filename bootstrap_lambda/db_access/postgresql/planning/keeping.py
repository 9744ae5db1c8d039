"""Schemas that keep their owners, `owner: keep`: who owns them, and who may. Pure.

What belongs to whom there is not the spec's business: nothing changes hands, and what comes by owning is nobody's
violation. Rights are: what is granted is held to the spec, as the owner, who therefore must be one as whom a run can
act.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from db_access.plan.privileges import Acl, DefaultKey, Kind, without
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE
from db_access.postgresql.state import Current, Desired


def with_kept_owners(desired: Desired, current: Current, master: str) -> Desired:
    """`desired`, with the owners that its schemas keep, as far as a run can act as them."""
    kept = {name: owner for name, owner in _owners(desired, current).items() if _may(owner, desired, current, master)}
    if not kept:
        return desired
    making = {key: acl for name, owner in kept.items() for key, acl in _making(name, owner, desired, master)}
    makers = {*desired.schemas.values(), *(key.creator for key in desired.defaults)}
    return replace(
        desired,
        schemas={**desired.schemas, **kept},
        defaults={**making, **desired.defaults},
        keepers=frozenset(desired.roles.keys() & kept.values()) - makers,
    )


def _owners(desired: Desired, current: Current) -> Mapping[str, str]:
    """Of the schemas that are there. A database that is still to be made has schema `public`."""
    schemas = (objects for objects in current.objects if objects.kind is Kind.SCHEMA)
    return {objects.schema: objects.owner for objects in schemas if objects.schema in desired.keeping}


def _may(owner: str, desired: Desired, current: Current, master: str) -> bool:
    if owner == OWNER_OF_THE_DATABASE:
        return _owner_of_database(current) == master
    return owner == master or owner in desired.roles


def _owner_of_database(current: Current) -> str:
    return next((objects.owner for objects in current.objects if objects.kind is Kind.DATABASE), "")


def _making(schema: str, owner: str, desired: Desired, master: str) -> Iterator[tuple[DefaultKey, Acl]]:
    """What a role of the spec makes as the schema's owner is covered as what the master makes there is."""
    for key, acl in desired.defaults.items():
        if owner in desired.roles and key.creator == master and key.schema in (schema, None):
            yield replace(key, creator=owner), without(acl, owner)


def kept_problems(desired: Desired, current: Current, master: str) -> Iterator[str]:
    """Schemas that are missing, or whose owner a run can't act as: a sentence each."""
    owners = _owners(desired, current)
    for name in sorted(desired.keeping):
        if name not in owners:
            yield (
                f"schema {name!r} is to keep its owner and is not there; allowed: CREATE SCHEMA {identifier(name)} by "
                "hand, as whoever is to own it, or the name of an owner in the spec, for which a run makes the schema"
            )
        elif not _may(owners[name], desired, current, master):
            yield _not_allowed(name, owners[name], current, master)


def _not_allowed(name: str, owner: str, current: Current, master: str) -> str:
    by = _owner_of_database(current) if owner == OWNER_OF_THE_DATABASE else owner
    whose = repr(owner) if by == owner else f"{owner!r}, which is {by!r}"
    return (
        f"schema {name!r} is to keep its owner and belongs to {whose}, as whom no run can act; allowed: the master "
        f"{master!r}, {OWNER_OF_THE_DATABASE} in a database that belongs to the master, or a role of the spec: as "
        f"{by!r} or a superuser run ALTER SCHEMA {identifier(name)} OWNER TO {identifier(master)}"
    )


def kept_by_roles(desired: Desired) -> Iterator[str]:
    """What an operator should know: roles of the spec that own what no line of it says. `desired`: with the owners."""
    for name in sorted(desired.keeping & desired.schemas.keys()):
        owner = desired.schemas[name]
        if owner in desired.roles:
            yield f"schema {name!r} keeps its owner {owner!r}, who may do with it what no grant of the spec says"
