"""The planner, called as a run calls it, and what it refuses."""

from db_access.errors import PlanError
from db_access.plan.changes import Change, Plan
from db_access.postgresql.planning import OutOfReach, Planned, plan
from db_access.postgresql.state import Current, Desired
from tests.unit.db_access.postgresql.specs import MASTER
from tests.unit.db_access.postgresql.states import OURS


def planned(wanted: Desired, current: Current, *, removing: bool = False) -> Plan:
    return _planned(wanted, current, removing=removing).changes


def left(wanted: Desired, current: Current, *, removing: bool = False) -> tuple[OutOfReach, ...]:
    """What the planner leaves to others."""
    return _planned(wanted, current, removing=removing).out_of_reach


def _planned(wanted: Desired, current: Current, *, removing: bool) -> Planned:
    return plan(wanted, current, database="app", master=MASTER, managed_by=OURS, removing=removing)


def refused(wanted: Desired, current: Current) -> tuple[str, ...]:
    """Every conflict that the planner names; nothing when it finds a plan."""
    try:
        planned(wanted, current)
    except PlanError as error:
        return error.problems
    return ()


def kinds(changes: tuple[Change, ...]) -> list[str]:
    """The kinds of change in their order, neighbours of one kind once."""
    names = [type(change).__name__ for change in changes]
    return [name for name, before in zip(names, [None, *names], strict=False) if name != before]
