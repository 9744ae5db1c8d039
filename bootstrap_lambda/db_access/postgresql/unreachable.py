"""What a run leaves to others, in words: whose it is to change, and the statement for it."""

from collections.abc import Iterable
from typing import Final

from db_access.plan.changes import Configure, OwnObject, OwnSchema
from db_access.plan.render import line
from db_access.postgresql import ddl
from db_access.postgresql.planning import OutOfReach
from db_access.wording import one_line

_STATEMENT: Final = 400
"""Characters of a statement that a sentence shows."""


def sentences(left: Iterable[OutOfReach]) -> list[str]:
    """A sentence each, for the operator."""
    return [_sentence(each) for each in left]


def _sentence(left: OutOfReach) -> str:
    entry = line(left.change)
    statement = one_line(ddl.text(left.change))
    shown = statement if len(statement) <= _STATEMENT else f"{statement[:_STATEMENT]} …"
    if isinstance(left.change, OwnObject) and left.locked:
        return (
            f"{left.change.kind} {left.change.schema}.{left.change.name} {entry.reason}, so it stays with "
            f"{left.by!r} for now; wait for that transaction to end or end it, then run again"
        )
    if isinstance(left.change, OwnObject):
        return (
            f"{left.change.kind} {left.change.schema}.{left.change.name} {entry.reason}, so it stays with "
            f"{left.by!r}; look at what it does, then drop it, or as a member of both roles run {shown}"
        )
    if isinstance(left.change, OwnSchema):
        return f"{entry.what} is not a run's to bring about, for it {entry.reason}; as a superuser run {shown}"
    if isinstance(left.change, Configure):
        return one_line(
            f"{_setting(left.change)} {entry.reason}, and is not the master's to take away, so a run leaves it; "
            f"as a superuser run {shown}"
        )
    return (
        f"only {left.by!r} can {entry.action} {entry.what} ({entry.reason}), so a run leaves it; "
        f"as {left.by!r} run {shown}"
    )


def _setting(change: Configure) -> str:
    """Never its value, which may be a secret."""
    which = "a setting" if change.name == Configure.ALL else f"setting {change.name}"
    return f"{which} of sessions of {change.role!r}"
