"""What an engine family does for the entry points. PostgreSQL's and MySQL's are `db_access.postgresql.family` and
`db_access.mysql.family`; `db_access.families` chooses. Says nothing of how.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from db_access.patience import Patience
from db_access.plan.report import AnyEvidence, AnySummary
from db_access.secrets import Login, Version
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import Deployed
from db_access.timeouts import Timeouts


class Subject(Protocol):
    """What one run is about: a database, or a whole server."""

    @property
    @abstractmethod
    def suffix(self) -> str:
        """What the physical id of its custom resource has after the cluster's: a mark and a name."""

    @abstractmethod
    def declared_by(self, deployed: Deployed) -> bool:
        """Whether the spec that holds still has it."""

    @abstractmethod
    def converge(
        self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, approved: Approved | None
    ) -> AnySummary:
        """As the master: make it what `spec` says, and prove it."""

    @abstractmethod
    def remove(self, managed_by: str, *, rights_only: bool, timeouts: Timeouts, patience: Patience) -> AnySummary:
        """As the master: take away every access that `managed_by` manages; with `rights_only` every login stays."""

    @abstractmethod
    def preview(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> AnySummary:
        """As anybody who may look: what `converge` would do. Writes nothing, and reads no secret."""

    @abstractmethod
    def prove(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, under_lock: bool) -> AnyEvidence:
        """As anybody who may look: how it differs from `spec`. Writes nothing, and reads no secret."""


class Family(Protocol):
    in_question: ClassVar[frozenset[str]]
    """The fields that say what a question is about, beside its spec."""

    @abstractmethod
    def subject(self, properties: Mapping[str, Any]) -> Subject:
        """What these properties of an event are about. Raises ForeignEventError where they don't say it."""

    @abstractmethod
    def asked_about(self, event: Mapping[str, Any], spec: AccessSpec) -> Subject:
        """The same of a question about `spec`. Raises AccessError unless `spec` declares it."""

    @abstractmethod
    def proposal(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> dict[str, Any]:
        """What a deploy of `spec` would do now, for somebody to approve. Raises AccessError where there is no such
        thing."""

    @abstractmethod
    def end_expired(self, event: Mapping[str, Any], spec: AccessSpec, *, patience: Patience) -> dict[str, Any]:
        """End what was given for a while and is over. Raises AccessError for what couldn't be ended."""

    @abstractmethod
    def log_in(self, login: Login) -> None:
        """Try a password. Raises RotationError when it lets nobody in."""

    @abstractmethod
    def set_password(self, version: Version, login: Login, before_commit: Callable[[], None]) -> None:
        """Give the user of the rotated secret the password of `version`, which is `login`'s; `before_commit` is the
        last thing before it holds for good. Raises RotationError."""
