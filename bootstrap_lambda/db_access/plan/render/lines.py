"""One change as one line for people: what it is about, whether it adds, changes or takes away, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db_access.plan.changes import Change, CreateRole, DescribeRole, ObjectChange, lasting
from db_access.plan.render.objects import object_words
from db_access.plan.render.roles import role_words
from db_access.plan.render.words import Action
from db_access.plan.told import Told
from db_access.wording import one_line

SIGNS: Final = {Action.ADD: "+", Action.CHANGE: "~", Action.TAKE_AWAY: "-"}


@dataclass(frozen=True)
class Line:
    group: str
    action: Action
    what: str
    reason: str


def line(change: Change | Told) -> Line:
    """The change as a person reads it. Its statement has the full text."""
    if isinstance(change, Told):
        return Line(change.group, change.action, change.what, one_line(change.reason))
    words = object_words(change) if isinstance(change, ObjectChange) else role_words(change)
    return Line(*words, one_line(change.why))


def told(plan: Sequence[Change | Told]) -> tuple[Change | Told, ...]:
    """Without the comment that marks a new role: to whoever reads, that is one thing."""
    made = {change.role.name for change in plan if isinstance(change, CreateRole)}
    return tuple(c for c in lasting((*plan,)) if not (isinstance(c, DescribeRole) and c.role.name in made))


def grouped(plan: Sequence[Change | Told]) -> dict[str, list[Line]]:
    """Lines by group, groups in the order in which the plan comes to them; nothing of what a run lends itself."""
    groups: dict[str, list[Line]] = {}
    for change in told(plan):
        entry = line(change)
        groups.setdefault(entry.group, []).append(entry)
    return groups


def counted(plan: Sequence[Change | Told]) -> str:
    """`7 changes (5 to add, 1 to change, 1 to take away)`."""
    actions = [line(change).action for change in told(plan)]
    if not actions:
        return "nothing to do"
    parts = ", ".join(f"{actions.count(action)} to {action}" for action in Action)
    return f"{len(actions)} change{'s' if len(actions) > 1 else ''} ({parts})"
