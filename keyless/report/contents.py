"""What a report is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db_access.plan.report import Evidence as Proof
from keyless.effective.survey import Survey
from keyless.report.read.evidence import Evidence
from keyless.report.read.history import History
from keyless.report.route import Route


@dataclass(frozen=True)
class Database:
    """One that was looked at."""

    name: str
    asked_at: str
    """Host and port of the server."""
    asked_as: str
    """The user who asked."""
    survey: Survey
    proof: Proof


@dataclass(frozen=True)
class Contents:
    made: datetime
    environment: str
    """Empty where none is named."""
    spec_file: str
    spec_digest: str
    declared: Mapping[str, str]
    """The users of the spec, and the roles that it acknowledges, with what is to be noted of them."""
    databases: Sequence[Database]
    failed: Sequence[Mapping[str, str]]
    """`database` and `error` of each that couldn't be looked at."""
    route: Route
    route_source: str
    """What says so."""
    templates: Mapping[str, str]
    """Digests by stack."""
    evidence: Sequence[Evidence]
    history: History
    versions: Mapping[str, str]

    @property
    def holds(self) -> bool:
        """Whether every database is as the spec says."""
        return not self.failed and all(database.proof.holds for database in self.databases)
