"""A change of another engine family than PostgreSQL's, as it is told: all that people and programs are shown of it.

The family plans and carries out values of its own, and tells them once, with their statements. So nothing that shows a
plan knows a family's kinds of change. Values only.
"""

from dataclasses import dataclass

from db_access.plan.action import Action


@dataclass(frozen=True)
class Told:
    kind: str
    """What programs know it by, such as `give_role`."""
    group: str
    """What it is about: a heading."""
    action: Action
    what: str
    reason: str
    statement: str
    losers: tuple[str, ...] = ()
    """Whom it takes something from."""
