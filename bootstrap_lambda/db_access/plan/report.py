"""What the engine answers: what a run did or would do, and how a database differs from its spec. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from db_access.plan.changes import Plan, lasting


@dataclass(frozen=True, kw_only=True)
class Report:
    """A plan, and what an operator should know beside it."""

    plan: Plan
    pending: tuple[str, ...] = ()
    """What the spec names and nobody has made yet."""
    warnings: tuple[str, ...] = ()
    """What a run leaves alone though it may not be meant."""
    left: tuple[str, ...] = ()
    """What the spec asks for and only others can change: no run does, and none is refused for it. A run warns of it."""


Reports = Mapping[str, Report]
"""By the database's name."""


@dataclass(frozen=True, kw_only=True)
class Summary(Report):
    """What a run did, or would do."""

    database: str
    digest: str
    """Of the statements; of nothing, when there were none."""
    kept: tuple[str, ...] = ()
    """Retired roles that the spec asks to drop, and that something is still in the way of."""

    @property
    def changes(self) -> int:
        return len(lasting(self.plan))


@dataclass(frozen=True, kw_only=True)
class Evidence(Report):
    """How a database differs from its spec. The plan is what a run would put right."""

    database: str
    violations: tuple[str, ...]
    """Where the database allows more or less than the spec."""
    conflicts: tuple[str, ...]
    """What a run would be refused for. Then there is no plan, `left` is of the database's owner alone, and everything
    else is found all the same."""
    lock_outs: tuple[str, ...]
    """Logins that reach rds_iam by accident, so that their passwords don't work."""
    outsiders: tuple[str, ...] = ()
    """Roles that the spec doesn't manage or acknowledge, and that have rights here. No run takes these away."""

    @property
    def holds(self) -> bool:
        amiss = (self.plan, self.violations, self.conflicts, self.left, self.lock_outs, self.outsiders)
        return not any(amiss)
