"""The ordered steps from the current to the desired state. Pure and deterministic; executes nothing.

What is compared is only what the spec's owner owns: its roles' attributes, memberships and grants, and
PUBLIC where it is locked. Nothing in a plan destroys data.
"""

from collections.abc import Iterator, Mapping

from db_access.changes import Change, CreateSchema, OwnSchema, Plan
from db_access.errors import PlanError
from db_access.plan_grants import foreign_owners, grant_changes
from db_access.plan_roles import foreign_roles, membership_changes, retired, role_changes, session_changes
from db_access.state import State


def plan(desired: State, current: State, *, database: str, managed_by: str, removing: bool = False) -> Plan:
    """What has to be done in `database` so that `current` becomes `desired`; empty when nothing has.

    Roles that `managed_by` owns and that `desired` lacks are retired: they keep what they own and lose all access.
    When `removing` the access to one database, a role that may connect to another one keeps its login and memberships.

    Raises:
        PlanError: with every role that belongs to somebody else and every object that can't be granted on.
    """
    problems = [*foreign_roles(desired, current, managed_by), *foreign_owners(desired, current)]
    if problems:
        raise PlanError(database, problems)
    kept = {role.name for role in current.roles.values() if removing and role.used_elsewhere}
    wanted = {**retired(current, managed_by, kept), **desired.roles}
    return (
        *role_changes(wanted, current.roles),
        *membership_changes(wanted.keys() - kept, desired.memberships, current.memberships),
        *session_changes(wanted, current.roles, database),
        *_schema_changes(desired.schemas, current.schemas),
        *grant_changes(desired, current),
    )


def _schema_changes(desired: Mapping[str, str], current: Mapping[str, str]) -> Iterator[Change]:
    for name, owner in sorted(desired.items()):
        if name not in current:
            yield CreateSchema(name, owner, reason="declared and missing")
        elif current[name] != owner:
            yield OwnSchema(name, owner, reason=f"belongs to {current[name]!r}")
