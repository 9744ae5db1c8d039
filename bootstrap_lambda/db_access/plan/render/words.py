"""What a line about a change consists of, and how it names roles. Pure."""

from collections.abc import Iterable

from db_access.plan.action import Action
from db_access.plan.privileges import PUBLIC
from db_access.wording import listed, quoted

__all__ = ["Action", "Words", "roles"]

Words = tuple[str, Action, str]
"""What a change is about (a heading), whether it adds, changes or takes away, and what."""


def roles(names: Iterable[str]) -> str:
    return listed(["PUBLIC" if role == PUBLIC else quoted(role) for role in names])
