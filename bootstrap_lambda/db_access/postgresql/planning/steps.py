"""The ordered steps from the current to the desired state. Pure and deterministic; executes nothing.

What is compared is only what the spec's owner owns: its roles' attributes, memberships and grants, and
PUBLIC where it is locked. Nothing in a plan destroys data.
"""

from collections.abc import Iterator, Mapping

from db_access.errors import PlanError
from db_access.plan.changes import Change, CreateSchema, Plan
from db_access.postgresql.planning.conflicts import grant_obstacles
from db_access.postgresql.planning.grants import grant_changes
from db_access.postgresql.planning.logins import drops, own_passwords, password_changes, setting_changes
from db_access.postgresql.planning.owners import foreign_schemas, moved, owner_changes
from db_access.postgresql.planning.roles import (
    foreign_roles,
    impossible_memberships,
    membership_changes,
    retired,
    role_changes,
    session_changes,
)
from db_access.postgresql.state import State


def plan(desired: State, current: State, *, database: str, managed_by: str, removing: bool = False) -> Plan:
    """What has to be done in `database` so that `current` becomes `desired`; empty when nothing has.

    Roles that `managed_by` owns and that `desired` lacks are retired: they keep what they own and lose all access.
    When `removing` the access to one database, a role that may connect to another one keeps its login and memberships.

    Raises:
        PlanError: unless `removing`, with every role that belongs to somebody else and every object that can't be
            granted on.
    """
    settled = moved(desired, current, managed_by)
    problems = [
        *foreign_roles(desired, current, managed_by),
        *impossible_memberships(desired, current),
        *foreign_schemas(desired, current, managed_by),
        *grant_obstacles(desired, settled),
    ]
    if problems and not removing:
        raise PlanError(database, problems)
    kept = {role.name for role in current.roles.values() if removing and role.used_elsewhere}
    wanted = own_passwords({**retired(desired, current, managed_by, kept), **desired.roles}, current.roles)
    return (
        *role_changes(wanted, current.roles),
        *password_changes(wanted, current.roles, desired.memberships, current.memberships),
        *membership_changes(
            wanted.keys() - kept,
            desired.memberships,
            current.memberships,
            {role.name: role.inherit for role in wanted.values()},
        ),
        *session_changes(wanted, current.roles, database),
        *setting_changes(wanted, current.roles, database),
        *_missing_schemas(desired.schemas, current.schemas),
        *owner_changes(desired, current, managed_by),
        *grant_changes(desired, settled),
        *drops(desired, current, managed_by),
    )


def _missing_schemas(desired: Mapping[str, str], current: Mapping[str, str]) -> Iterator[Change]:
    for name, owner in sorted(desired.items()):
        if name not in current:
            yield CreateSchema(name, owner, reason="declared and missing")
