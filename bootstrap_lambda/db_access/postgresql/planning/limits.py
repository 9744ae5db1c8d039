"""How many sessions a user may have that the spec gives no limit: as many as leave the master room. Pure.

Without a limit one user can take every connection that PostgreSQL has, and then nobody takes its access away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from db_access.plan.roles import UNLIMITED
from db_access.postgresql.state import Current, Desired, DesiredRole
from db_access.wording import listed

ROOM: Final = 5
"""For a run (which takes two connections), the drift watch, a rotation and an operator."""


def limited(roles: Mapping[str, DesiredRole], current: Current) -> dict[str, DesiredRole]:
    """`roles`, each with a limit in numbers."""
    most = leaving_room(current)
    return {name: replace(role, connection_limit=most) if role.leaves_room else role for name, role in roles.items()}


def leaving_room(current: Current) -> int:
    """What a user may have at most. One session at least, on however small a server."""
    return UNLIMITED if current.slots is None else max(1, current.slots - ROOM)


def limit_warnings(desired: Desired, current: Current) -> Iterator[str]:
    """Users that the spec lets take every connection."""
    if current.slots is None:
        return
    unlimited = sorted(
        role.name
        for role in desired.roles.values()
        if role.login
        and not role.leaves_room
        and (role.connection_limit == UNLIMITED or role.connection_limit > leaving_room(current))
    )
    if unlimited:
        yield (
            f"{listed(list(map(repr, unlimited)))} may take all {current.slots} connections that PostgreSQL has for "
            f"users, and leave the master no room; allowed: a connection_limit of up to {leaving_room(current)}, "
            "or none, which comes to that"
        )
