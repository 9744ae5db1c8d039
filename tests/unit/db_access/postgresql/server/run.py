"""What PostgreSQL makes of a plan, change by change, by its documentation and not by what the planner thinks."""

from dataclasses import replace

from db_access.plan.changes import DropRole, ObjectChange, Plan
from db_access.postgresql.state import Current
from tests.unit.db_access.postgresql.server.cluster import Cluster
from tests.unit.db_access.postgresql.server.database import Database
from tests.unit.db_access.postgresql.states import grouped


def carried_out(plan: Plan, current: Current) -> Current:
    cluster = Cluster(current)
    database = Database(current, cluster)
    for change in plan:
        if isinstance(change, ObjectChange):
            database.carry_out(change)
        else:
            assert not (isinstance(change, DropRole) and database.names(change.role)), f"{change} is refused"
            cluster.carry_out(change)
    assert not cluster.lent, "what was lent is returned"
    return replace(
        current,
        roles=cluster.roles,
        memberships=frozenset(cluster.members.values()),
        schemas=database.schemas,
        objects=grouped(database.held),
        defaults={key: held.acl for key, held in database.future.items()},
        default_options={key: held.options for key, held in database.future.items() if held.options},
    )
