"""What a plan's statements are about: the objects behind the names in them, and what these reach.

For an approval, which covers the same statements only as long as they mean the same.
"""

from typing import Any

from psycopg import Connection

from db_access.plan.changes import Plan
from db_access.postgresql.about.lines import lines
from db_access.postgresql.about.roots import Roots
from db_access.postgresql.catalog import reached
from db_access.postgresql.state import Current, Desired


def ask(
    connection: Connection[Any], plan: Plan, current: Current, desired: Desired, *, master: str, there: bool = True
) -> frozenset[str]:
    """A line each, in one round trip.

    Args:
        current: before the plan.
        there: whether the connection is to the database itself; without it there are no objects yet.
    """
    parameters = {
        **Roots.of(plan, current, desired).parameters(),
        "master": master,
        "databases": sorted(desired.databases),
    }
    declared = {(each.role, each.member) for each in desired.memberships}
    return lines(plan, reached.read(connection, parameters, objects=there), declared)
