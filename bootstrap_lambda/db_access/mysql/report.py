"""What the engine answers: what a run did or would do, and how a server differs from its spec. Values only.

The fields are those of `db_access.plan.report`, so that whoever shows either needs no more than their names.
"""

from dataclasses import dataclass

from db_access.mysql.changes import Plan
from db_access.mysql.state import Server


@dataclass(frozen=True, kw_only=True)
class Report:
    plan: Plan
    server: Server
    """Whose dialect its statements are in."""
    pending: tuple[str, ...] = ()
    """What the spec names and nobody has made yet."""
    warnings: tuple[str, ...] = ()
    """What a run leaves alone though it may not be meant."""
    left: tuple[str, ...] = ()
    """What the spec asks for and only others can change."""


@dataclass(frozen=True, kw_only=True)
class Summary(Report):
    """What a run did, or would do."""

    database: str
    """The spec's databases, which on a server of this family are groups of schemas."""
    digest: str
    """Of the statements; of nothing, when there were none."""
    kept: tuple[str, ...] = ()
    """Retired accounts that the spec asks to drop, and that something is still in the way of."""
    about: frozenset[str] = frozenset()

    @property
    def changes(self) -> int:
        return len(self.plan)


@dataclass(frozen=True, kw_only=True)
class Evidence(Report):
    """How a server differs from its spec. The plan is what a run would put right."""

    database: str
    violations: tuple[str, ...]
    """Where the server allows more or less than the spec."""
    conflicts: tuple[str, ...]
    """What a run would be refused for."""
    lock_outs: tuple[str, ...] = ()
    outsiders: tuple[str, ...] = ()
    """Accounts and roles that the spec doesn't manage or acknowledge, and that have rights here."""

    @property
    def holds(self) -> bool:
        amiss = (self.plan, self.violations, self.conflicts, self.left, self.lock_outs, self.outsiders)
        return not any(amiss)
