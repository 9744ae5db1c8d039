"""Whether a plan takes away only what somebody has been shown and agreed to. Pure."""

from collections.abc import Collection

from db_access.errors import UnconfirmedError
from db_access.plan.changes import Change, Plan
from db_access.plan.losses import taken
from db_access.plan.render import line


def refuse_unconfirmed(plan: Plan, confirmed: Collection[Change] | None, *, database: str) -> None:
    """Let a plan pass that takes nothing away but what is `confirmed`; None: everything is.

    Raises:
        UnconfirmedError: with everything else.
    """
    if confirmed is None:
        return
    if unseen := [line(change) for change in taken(plan) if change not in confirmed]:
        raise UnconfirmedError(database, [f"{entry.what} ({entry.reason})" for entry in unseen])
