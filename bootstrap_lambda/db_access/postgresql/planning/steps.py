"""The ordered steps from the current to the desired state. Pure and deterministic; executes nothing.

What is compared is only what the spec's owner owns: its roles' attributes, memberships and grants, and PUBLIC where it
is locked. Nothing in a plan destroys data.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from db_access.errors import PlanError
from db_access.plan.changes import Change, CreateSchema, EndLogin, Plan
from db_access.postgresql.planning.authority import beyond_authority, unnameable
from db_access.postgresql.planning.conflicts import grant_conflicts
from db_access.postgresql.planning.cut_off import cut_off_problems
from db_access.postgresql.planning.grants import grant_changes
from db_access.postgresql.planning.keeping import kept_problems
from db_access.postgresql.planning.limits import limited
from db_access.postgresql.planning.memberships import grantors, impossible_memberships, membership_changes
from db_access.postgresql.planning.owners import lent, moved, owner_changes
from db_access.postgresql.planning.passwords import kept_passwords, password_changes
from db_access.postgresql.planning.predefined import predefined_conflicts
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.planning.retired import drops, ended_logins, without_access
from db_access.postgresql.planning.roles import foreign_roles, role_changes
from db_access.postgresql.planning.schemas import foreign_schemas
from db_access.postgresql.planning.services import service_changes
from db_access.postgresql.planning.sessions import session_changes, setting_changes
from db_access.postgresql.planning.takeover import kept_former
from db_access.postgresql.state import Current, Desired, DesiredRole


@dataclass(frozen=True)
class Planned:
    changes: Plan
    """In the order in which a run makes them."""
    out_of_reach: tuple[OutOfReach, ...]
    """What the spec asks for beyond that."""


def plan(
    desired: Desired, current: Current, *, database: str, master: str, managed_by: str, removing: bool = False
) -> Planned:
    """What has to be done in `database` so that `current` becomes `desired`; no changes when nothing has.

    Roles that `managed_by` owns and that `desired` lacks are retired: they keep what they own and lose all access.
    When `removing` the access to one database, a role that may connect to another one keeps its login and memberships.

    Args:
        master: the role that will run the plan.

    Raises:
        PlanError: unless `removing`, with every conflict: roles of somebody else, objects that can't be granted on,
            what the master lacks the authority for, …
    """
    if master in desired.roles:
        raise PlanError(database, [f"this is connected as {master!r}, a role of the spec; allowed: the master"])
    reach = Reach.of(desired, current, master=master, managed_by=managed_by)
    problems = [*_conflicts(desired, current, reach, managed_by)]
    kept = _kept(current, removing=removing)
    roles = kept_former(_roles(desired, current, managed_by, kept), current)
    roles = limited(kept_passwords(roles, current), current)
    ended = ended_logins(roles, desired, current)
    before, current = current, _without_logins(current, ended)
    of_roles = [*membership_changes(desired, current, roles, kept, reach)]
    of_settings = [*setting_changes(roles, current, database)]
    settled = moved(desired, current, reach)
    of_objects = [
        *owner_changes(desired, current, reach),
        *service_changes(desired, current),
        *grant_changes(desired, settled, reach),
    ]
    memberships = [each for each in of_roles if not isinstance(each, OutOfReach)]
    changes = [each for each in of_objects if not isinstance(each, OutOfReach)]
    lending, returning = lent(changes, grantors(memberships), desired, current, reach)
    steps = (
        *ended,
        *role_changes(roles, current),
        *password_changes(roles, desired, current),
        *lending,
        *memberships,
        *session_changes(roles, current, database),
        *(each for each in of_settings if not isinstance(each, OutOfReach)),
        *_missing_schemas(desired, current),
        *changes,
        *returning,
        *drops(desired, current, managed_by),
    )
    if not removing:
        problems += beyond_authority(steps, desired, before, database=database, master=master, managed_by=managed_by)
        if problems:
            raise PlanError(database, problems)
    left = (each for each in (*of_roles, *of_settings, *of_objects) if isinstance(each, OutOfReach))
    return Planned(steps, tuple(left))


def _conflicts(desired: Desired, current: Current, reach: Reach, managed_by: str) -> Iterator[str]:
    """What stands against any plan, one sentence each."""
    yield from foreign_roles(desired, current, managed_by)
    yield from impossible_memberships(desired, current)
    yield from predefined_conflicts(desired, current, master=reach.master)
    yield from foreign_schemas(desired, current, reach)
    yield from kept_problems(desired, current, reach.master)
    yield from grant_conflicts(desired, current)
    yield from unnameable(current, managed_by)
    yield from cut_off_problems(desired, current)


def logins_to_end(desired: Desired, current: Current, managed_by: str, *, removing: bool) -> list[EndLogin]:
    """What comes first in a plan, and needs no plan: it can be carried out whatever stands against the rest."""
    roles = _roles(desired, current, managed_by, _kept(current, removing=removing))
    return ended_logins(roles, desired, current)


def _kept(current: Current, *, removing: bool) -> set[str]:
    return {role.name for role in current.roles.values() if removing and role.used_elsewhere}


def _roles(desired: Desired, current: Current, managed_by: str, kept: Set[str]) -> dict[str, DesiredRole]:
    """Every role of ours as it is to be."""
    return {**without_access(desired, current, managed_by, kept), **desired.roles}


def _without_logins(current: Current, ended: Iterable[EndLogin]) -> Current:
    found = {change.role: replace(current.roles[change.role], login=False) for change in ended}
    return replace(current, roles={**current.roles, **found}) if found else current


def _missing_schemas(desired: Desired, current: Current) -> Iterator[Change]:
    for name, owner in sorted(desired.schemas.items()):
        if name not in current.schemas and name not in desired.keeping:
            yield CreateSchema(name, owner, reason="declared and missing")
