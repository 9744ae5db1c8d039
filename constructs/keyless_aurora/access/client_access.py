"""Give a function what it needs to reach the database as one user: rights, a network path, settings, the client."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.access.refusals import Asked
from keyless_aurora.database.database import Database
from keyless_aurora.database.user import connect_statement
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.security_group import open_path
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.secrets.user_secrets import UserSecrets

_TOO_LATE = (
    "the connection budget has been made without it; allowed: a grant before `clients.refuse()` in stacks/deployment.py"
)


@dataclass(frozen=True)
class Granted:
    """An access that was given: what the connection budget counts."""

    function: VpcFunction
    user: str
    pattern: Pattern


@dataclass(eq=False)
class ClientAccess:
    """Access for the users that `spec` declares, by the way that each function's pattern says."""

    spec: AccessSpec
    database: Database
    proxy: KeylessProxy | None
    """None when no pattern in use goes through it."""
    secrets: UserSecrets | None
    """None when no user has a password."""
    client: ClientLayer
    pattern: Pattern
    """The environment's."""
    granted: list[Granted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    complete: bool = False
    """Whether all is granted."""

    def grant(
        self, function: VpcFunction, *, user: str, database: str, pattern: Pattern | None = None, reader: bool = False
    ) -> None:
        """Let `function` connect to `database` as `user`, and as nobody else.

        Everything is made in the function's stack. `keyless_client.connect()` needs no arguments then.

        Args:
            pattern: another way than the environment's. A proxy that is there serves it from then on.
            reader: to Aurora's readers, by the proxy's endpoint for them.

        What the spec, the pattern or the function's timeout doesn't allow is kept in `problems`, for `refuse`: a synth
        reports everything at once.
        """
        if self.complete:
            self._refuse([f"{function.node.path}: {_TOO_LATE}"])
        chosen = self.pattern if pattern is None else pattern
        asked = Asked(user, database, chosen, reader, _seconds(function))
        if problems := asked.problems(self.spec, self.database.engine, self.proxy):
            self._refuse(f"{function.node.path}: {problem}" for problem in problems)
            return
        if self.proxy:
            self.proxy.serve(chosen)
        self._connect(function, self._user(user), database, chosen, reader)
        self.granted.append(Granted(function, user, chosen))

    def refuse(self) -> None:
        """Called when all is granted: a later grant would not be in the connection budget, and is refused at once.

        Raises:
            SpecError: with every reason why a grant is not allowed, and what is.
        """
        self.complete = True
        self._refuse(())

    def _refuse(self, problems: Iterable[str]) -> None:
        self.problems.extend(problems)
        if self.complete and self.problems:
            raise SpecError(self.problems)

    def _connect(self, function: VpcFunction, user: User, database: str, chosen: Pattern, reader: bool) -> None:
        target = self.proxy if chosen.through_proxy and self.proxy else self.database
        host = (self.proxy and reader and self.proxy.reader_endpoint) or target.endpoint
        open_path(
            function,
            "ToProxy" if chosen.through_proxy else "ToDatabase",
            source=function.security_group,
            target=target.security_group,
            port=target.port,
            description=f"{function.node.id} to the database",
        )
        settings = {"PGHOST": host, "PGPORT": str(target.port), "PGUSER": user.username, "PGDATABASE": database}
        if user.auth_method == "iam":
            function.role.add_to_policy(connect_statement(function, target.resource_id, [user.username]))
        elif self.secrets:
            self.secrets.let_read(function, function.role, function.security_group, [user.username])
            settings["DB_SECRET_ARN"] = self.secrets.arns[user.username]
        function.function.add_layers(self.client.of(function))
        for name, value in settings.items():
            function.function.add_environment(name, value)

    def _user(self, name: str) -> User:
        return next(user for user in self.spec.users if user.username == name)


def _seconds(function: VpcFunction) -> float:
    timeout = function.function.timeout
    return timeout.to_seconds() if timeout else float("inf")
