"""One change as one line for people: what it is about, whether it adds, changes or takes away, and why. Pure."""

from dataclasses import dataclass
from typing import Final

from db_access.plan.changes import Change, ObjectChange, Plan, lasting
from db_access.plan.render.objects import object_words
from db_access.plan.render.roles import role_words
from db_access.plan.render.words import Action
from db_access.wording import one_line

SIGNS: Final = {Action.ADD: "+", Action.CHANGE: "~", Action.TAKE_AWAY: "-"}


@dataclass(frozen=True)
class Line:
    group: str
    action: Action
    what: str
    reason: str


def line(change: Change) -> Line:
    """The change as a person reads it. Its statement has the full text."""
    words = object_words(change) if isinstance(change, ObjectChange) else role_words(change)
    return Line(*words, one_line(change.why))


def grouped(plan: Plan) -> dict[str, list[Line]]:
    """Lines by group, groups in the order in which the plan comes to them; nothing of what a run lends itself."""
    groups: dict[str, list[Line]] = {}
    for change in lasting(plan):
        entry = line(change)
        groups.setdefault(entry.group, []).append(entry)
    return groups


def counted(plan: Plan) -> str:
    """`7 changes (5 to add, 1 to change, 1 to take away)`."""
    actions = [line(change).action for change in lasting(plan)]
    if not actions:
        return "nothing to do"
    parts = ", ".join(f"{actions.count(action)} to {action}" for action in Action)
    return f"{len(actions)} change{'s' if len(actions) > 1 else ''} ({parts})"
