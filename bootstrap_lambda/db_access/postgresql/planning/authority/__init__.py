"""What a plan would do and the master lacks the authority for, one sentence each, before anything runs. Pure.

Each names the role or object, and what to run as whom.
"""

from collections.abc import Iterator

from db_access.plan.changes import Plan
from db_access.postgresql.planning.authority.owners import foreign_owners
from db_access.postgresql.planning.authority.roles import fixed_attributes, risen, unadministered, unnameable
from db_access.postgresql.state import Current, Desired

__all__ = ["beyond_authority", "unnameable"]


def beyond_authority(
    changes: Plan, desired: Desired, current: Current, *, database: str, master: str, managed_by: str
) -> Iterator[str]:
    """Why the master can't carry `changes` out."""
    ours = {role.name for role in current.roles.values() if role.managed_by == managed_by} | desired.roles.keys()
    yield from fixed_attributes(changes, current, master)
    yield from risen(current, managed_by)
    yield from unadministered(changes, current, ours, master)
    yield from foreign_owners(changes, current, ours, database, master)
