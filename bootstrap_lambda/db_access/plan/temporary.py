"""A membership that ends by itself: what is recorded of it where it was given."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Temporary:
    """Whatever else it says, it holds for no longer than the spec allows from now on."""

    group: str
    until: datetime
    by: str
    """Who gave it, by their own words."""
    reason: str
