"""What a stage needs of its database, whatever the engine's family."""

from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from db_access.spec import AccessSpec
from keyless.rehearsal.deployment.engines import Family
from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.stage.databases.around import Around


class Database(Protocol):
    """Entered, its server runs; left, nothing of it is there."""

    @property
    @abstractmethod
    def family(self) -> Family: ...

    @property
    @abstractmethod
    def label(self) -> str:
        """The server's product."""

    @property
    @abstractmethod
    def running(self) -> AbstractContextManager[object]:
        """The server."""

    @abstractmethod
    def stands_for(self, engine: str) -> bool:
        """Whether it is what stands in for RDS's engine of that name."""

    @abstractmethod
    def make_master(self, around: Around) -> None:
        """The deployed master, and the first database."""

    @abstractmethod
    def make_kept_schemas(self, spec: AccessSpec, master: str) -> None:
        """Those that keep their owners, which a spec doesn't make."""

    @abstractmethod
    def services(self, gate: Endpoint, proxies: Iterable[Endpoint], around: Around) -> list[Service]:
        """Not yet listening: the database's endpoint first, then the proxy's."""

    @abstractmethod
    def end_sessions(self) -> None:
        """Of everybody, and wait until they have ended."""

    @abstractmethod
    def set_password(self, user: str, password: str | None) -> None:
        """As the superuser. None: the user has none."""
