"""What the engine answers: what a run did or would do, and how a database differs from its spec. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from db_access.plan.changes import Change, lasting
from db_access.plan.told import Told

Of = TypeVar("Of", bound=Change | Told, covariant=True)
"""What a plan consists of: PostgreSQL's own kinds of change, or what another family tells of its own."""


@dataclass(frozen=True, kw_only=True)
class ReportOf(Generic[Of]):
    """A plan, and what an operator should know beside it."""

    plan: tuple[Of, ...]
    pending: tuple[str, ...] = ()
    """What the spec names and nobody has made yet."""
    warnings: tuple[str, ...] = ()
    """What a run leaves alone though it may not be meant."""
    left: tuple[str, ...] = ()
    """What the spec asks for and only others can change: no run does, and none is refused for it. A run warns of it."""


Report = ReportOf[Change]
Reports = Mapping[str, Report]
"""By the database's name."""
AnyReports = Mapping[str, ReportOf[Change | Told]]
"""Of whichever family, by the name that people know what it is about by."""


@dataclass(frozen=True, kw_only=True)
class SummaryOf(ReportOf[Of]):
    """What a run did, or would do."""

    database: str
    digest: str
    """Of the statements; of nothing, when there were none."""
    kept: tuple[str, ...] = ()
    """Retired roles that the spec asks to drop, and that something is still in the way of."""
    about: frozenset[str] = frozenset()
    """What the statements are about, where somebody has asked (docs/approval.md)."""

    @property
    def changes(self) -> int:
        return len(lasting(self.plan))


@dataclass(frozen=True, kw_only=True)
class EvidenceOf(ReportOf[Of]):
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


@dataclass(frozen=True, kw_only=True)
class Summary(SummaryOf[Change]):
    """Of a PostgreSQL database."""


@dataclass(frozen=True, kw_only=True)
class Evidence(EvidenceOf[Change]):
    """Of a PostgreSQL database."""


@dataclass(frozen=True, kw_only=True)
class ToldSummary(SummaryOf[Told]):
    """Of another family's server."""


@dataclass(frozen=True, kw_only=True)
class ToldEvidence(EvidenceOf[Told]):
    """Of another family's server."""


AnySummary = Summary | ToldSummary
AnyEvidence = Evidence | ToldEvidence
