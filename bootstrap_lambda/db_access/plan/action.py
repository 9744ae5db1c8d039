"""Whether a change adds, changes or takes away: what every change is to whoever reads of it."""

from enum import StrEnum


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    TAKE_AWAY = "take away"
