"""The whole state that an access spec asks for in one database. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from db_access.postgresql.desired import groups
from db_access.postgresql.desired.acls import acls, defaults, objects
from db_access.postgresql.desired.roles import memberships, roles
from db_access.postgresql.state import Desired
from db_access.spec import AccessSpec


def desired(
    spec: AccessSpec, database: str, *, master: str, password_versions: Mapping[str, str] = MappingProxyType({})
) -> Desired:
    """What `spec` asks for in `database`.

    Args:
        spec: the whole spec; roles and memberships are the cluster's, grants the database's.
        database: the name of a declared database.
        password_versions: username to the current version of the secret that its password comes from.
        master: the role that applies it. It becomes a member of the owners, which is what lets it act for them.

    Raises:
        SpecError: when the spec does not declare the database.
    """
    here = spec.database(database)
    given = acls(spec, here)
    return Desired(
        roles={role.name: role for role in (*groups.roles(spec), *roles(spec, here, password_versions))},
        memberships=frozenset((*memberships(spec, master), *groups.memberships(spec))),
        schemas={schema.name: owner for schema in here.schemas if (owner := schema.named_owner) is not None},
        keeping=frozenset(schema.name for schema in here.schemas if schema.named_owner is None),
        objects=tuple(objects(given, here)),
        defaults=dict(defaults(given, here, master)),
        drop=frozenset(role.username for role in spec.retired if role.drop),
        additive=spec.additive,
        take_over=frozenset(spec.take_over) - {spec.managed_by},
        take_back=spec.take_back,
        acknowledged={role.username: role.reason for role in spec.acknowledged},
        may_have={(m.group, user.name): m.longest for user in spec.users for m in user.may_have},
        databases=frozenset(declared.name for declared in spec.databases),
    )


NOTHING: Final = Desired(roles={}, memberships=frozenset(), schemas={}, objects=(), defaults={})
"""What is to remain when the access is deleted: nothing of ours. PUBLIC and the schemas stay as they are."""
