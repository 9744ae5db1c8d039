"""How names, lists of them and actions are written in a line for people. Pure.

A line is short whatever the plan's size, and stays one line whatever the names in it.
"""

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from db_access.postgresql.state import PUBLIC

_SHOWN: Final = 3
"""Names of a list that are shown when there are more; the statement names them all."""


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    TAKE_AWAY = "take away"


Words = tuple[str, Action, str]
"""What a change is about (a heading), whether it adds, changes or takes away, and what."""


def one_line(text: str) -> str:
    """`text` without line breaks and other characters that don't print: a name in it can't start a line of its own."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def roles(names: Iterable[str]) -> str:
    return listed("PUBLIC" if role == PUBLIC else shown(role) for role in names)


def listed(items: Iterable[str]) -> str:
    names = list(items)
    if len(names) <= _SHOWN + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


def shown(text: str) -> str:
    """As it is, where nothing in it could mislead; otherwise quoted, what doesn't print written as an escape."""
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", text):
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
