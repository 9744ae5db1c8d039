"""The state that an access spec asks for in one database. Pure: reads the spec and nothing else."""

from typing import Final

from db_access.desired_grants import defaults, objects
from db_access.desired_roles import memberships, roles
from db_access.spec import AccessSpec
from db_access.state import State


def desired(spec: AccessSpec, database: str, *, master: str) -> State:
    """What `spec` asks for in `database`.

    Args:
        spec: the whole spec; roles and memberships are the cluster's, grants the database's.
        database: the name of a declared database.
        master: the role that applies it. It becomes a member of the owners, which is what lets it act for them.

    Raises:
        SpecError: when the spec does not declare the database.
    """
    here = spec.database(database)
    return State(
        roles={role.name: role for role in roles(spec, here)},
        memberships=frozenset(memberships(spec, master)),
        schemas={schema.name: schema.owner for schema in here.schemas},
        objects=tuple(objects(spec, here)),
        defaults=dict(defaults(spec, here, master)),
    )


NOTHING: Final = State(roles={}, memberships=frozenset(), schemas={}, objects=(), defaults={})
"""What is to remain when the access is deleted: nothing of ours; PUBLIC and the schemas are not spoken of, and stay as they are."""
