"""What can be given access and has a role of its own: as what it stands in the table, and who takes its role for it."""

from dataclasses import dataclass
from typing import Final, Protocol


@dataclass(frozen=True)
class Kind:
    group: str
    """As what its lines are grouped."""
    trusted: str
    """The service that its role must trust: from it come the credentials."""


FUNCTION: Final = Kind("function", "lambda.amazonaws.com")
SERVICE: Final = Kind("service", "ecs-tasks.amazonaws.com")
SERVERS: Final = Kind("servers", "ec2.amazonaws.com")


class LogsIn(Protocol):
    """Whoever logs in to the database as one user, with a role of its own."""

    @property
    def name(self) -> str:
        """The construct's, unique in the app."""

    @property
    def kind(self) -> Kind: ...

    @property
    def role(self) -> str:
        """The ARN of its role."""

    @property
    def user(self) -> str: ...

    @property
    def host(self) -> str:
        """Where it connects to: an endpoint's deployed name."""

    @property
    def database(self) -> str:
        """Empty for a function of the engine, which goes to each."""

    @property
    def secret(self) -> str:
        """The ARN of its user's secret; empty when it logs in with tokens."""

    @property
    def engine(self) -> bool:
        """Whether it is one of the library's own, which no app writes."""

    @property
    def session(self) -> str:
        """The name of its role's sessions; empty where nobody knows it beforehand."""
