"""The kinds of changes that an operator can ask for."""

from enum import StrEnum


class Change(StrEnum):
    RIGHT = "right"
    """A right given by hand, for the drift watch to see, and taken back."""
    EVENTS = "events"
    """The events of the app's own lines, which the deployed functions are called with."""
    ROTATION = "rotation"
    """A rotation of each secret of a function's user."""
