"""What the hops look with. Each thing is looked at once, when the first hop asks for it."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from psycopg import Connection

from db_access.spec import AccessSpec
from keyless.doctor.account import endpoints, policies
from keyless.doctor.account.actions import ACTIONS
from keyless.doctor.account.endpoints import Endpoint
from keyless.doctor.dialling import reached
from keyless.doctor.path import Path
from keyless.doctor.refusals import Refused, Untried
from keyless.preflight.account.identity import Identity, identify
from keyless.preflight.account.reader import Clients, Reader, read_only

Opened = Connection[Any] | Refused | Untried


@dataclass
class Looking:
    path: Path
    signed: Clients
    unsigned: Clients
    log_in: Callable[[], Opened]
    """As the user."""
    look_in: Callable[[], Opened]
    """As somebody who may, for what everybody may read in the catalogs."""
    spec: AccessSpec | None = None
    opened: ExitStack = field(default_factory=ExitStack)
    """Ends the connections."""

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.signed, ACTIONS)

    @cached_property
    def clock(self) -> Any:
        """Answers without credentials."""
        return read_only(self.unsigned("sts"), "sts", ACTIONS)

    @cached_property
    def identity(self) -> Identity:
        """Raises CredentialsError."""
        return identify(read_only(self.signed("sts"), "sts", ACTIONS))

    @cached_property
    def principal(self) -> str:
        """The ARN of who shows the token, or reads the secret."""
        function = self.path.function
        return function.role if function else policies.principal_of(self.reader, self.identity)

    @cached_property
    def endpoint(self) -> Endpoint | None:
        return endpoints.endpoint(self.reader, self.path.login.host)

    @cached_property
    def database(self) -> Endpoint | None:
        """Itself, or the proxy's."""
        if self.endpoint is None or self.endpoint.kind != "proxy":
            return self.endpoint
        return endpoints.database_of(self.reader, self.endpoint)

    @cached_property
    def out_of_reach(self) -> str:
        """Why the endpoint isn't reached from here; empty where it is."""
        return "" if self.path.socket else reached(self.path)

    @cached_property
    def attempt(self) -> Opened:
        return Untried(self.out_of_reach) if self.out_of_reach else self._kept(self.log_in())

    @cached_property
    def inside(self) -> Opened:
        """A session in the database to ask the catalogs: somebody's who may look, or the user's own."""
        found = self._kept(self.look_in())
        if isinstance(found, Connection):
            return found
        return self.attempt if isinstance(self.attempt, Connection) else found

    def _kept(self, found: Opened) -> Opened:
        return self.opened.enter_context(closing(found)) if isinstance(found, Connection) else found
