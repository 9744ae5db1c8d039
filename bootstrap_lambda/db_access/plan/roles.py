"""A role's attributes, whether a spec asks for them or PostgreSQL has them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from db_access.plan.temporary import Temporary
from db_access.spec.model.settings import Settings

UNLIMITED: Final = -1
"""A connection limit of none."""

UNREAD: Final = "of its secret"
"""As a version: whichever the secret has. Nobody has read it, and an approval says no other."""


@dataclass(frozen=True)
class Role:
    name: str
    login: bool = False
    inherit: bool = True
    connection_limit: int = UNLIMITED
    leaves_room: bool = field(default=False, compare=False)
    """The limit is what leaves the master room on the server at hand, and not the spec's."""
    acts_as: str | None = None
    """The role that sessions in this database start as (ALTER ROLE … IN DATABASE … SET role)."""
    description: str = ""
    managed_by: str | None = None
    taken_over_from: str | None = None
    """Who managed it before, where its manager has taken it over: that one alone may have it back."""
    valid_until: datetime | None = None
    settings: Settings = frozenset()
    """What the role's sessions start with in every database."""
    password_version: str | None = None
    """The version of its secret that the password comes from; None: the engine gave it no password."""
    temporary: tuple[Temporary, ...] = ()
    """Its memberships that end by themselves, as its comment records them."""
