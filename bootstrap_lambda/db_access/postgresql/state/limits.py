"""What stands in the master's way. Values only."""

from dataclasses import dataclass
from typing import Final

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands in text from the catalogs before the digits of each byte that is no UTF-8. What has it in its name can't be
named in a statement."""


@dataclass(frozen=True)
class Limits:
    """What the master lacks the authority for, as far as a spec may ask for it; nothing for a superuser."""

    roles: frozenset[str] = frozenset()
    """Roles that it may neither alter nor give: without ADMIN OPTION on them, or superusers."""
    attributes: frozenset[str] = frozenset()
    """Attributes that it can't take from a role."""
    owners: frozenset[str] = frozenset()
    """Owners of the database and of its schemas that it can't act for."""
    risen: frozenset[str] = frozenset()
    """Roles marked as ours that the spec doesn't name and that somebody has made superusers."""
    settings: frozenset[str] = frozenset()
    """Settings that roles of ours have, by name, and that it can't take away."""
    not_alone: frozenset[str] = frozenset()
    """Settings that roles of ours have, and that go only with all others of the role."""
    unnameable: frozenset[str] = frozenset()
    """Roles of ours whose names are no text in the database's encoding."""
    creates_schemas: bool = True
