"""The last look at a finished plan: nothing in it may lose data. Pure; knows nothing of how the plan came to be."""

from collections.abc import Iterable

from db_access.errors import PlanError
from db_access.plan.changes import Step


def refuse(plan: Iterable[object], *, database: str) -> None:
    """Let a plan pass that destroys nothing: whose kinds of change all say of themselves that they keep all data.

    Raises:
        PlanError: with every other change.
    """
    problems = [
        f"{type(change).__name__} is planned ({getattr(change, 'reason', 'without a reason')}), which may lose data; "
        "allowed: changes that leave every row and object in place"
        for change in plan
        if not (isinstance(change, Step) and change.keeps_data)
    ]
    if problems:
        raise PlanError(database, problems)
