"""Give a function, a service, servers or a role what it needs to reach the database as one user: rights, a network
path, settings, the client."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aws_cdk import Annotations
from aws_cdk import aws_ec2 as ec2

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.access.forgotten import fail_synth
from keyless_aurora.access.refusals import Asked
from keyless_aurora.access.session_database import session_database
from keyless_aurora.database.database import Database
from keyless_aurora.database.user import connect_statement
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import open_path
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals import allowed
from keyless_aurora.principals.allowed import Grantable
from keyless_aurora.principals.principal import Principal, took_policies
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.secrets.user_secrets import UserSecrets

_LONGEST_LOGIN = 60
"""Seconds: users report tens until a new user's rds_iam is in effect, and a failover takes less."""
_PATHS = "ToProxy", "ToDatabase"
"""What stands under a function that has access."""
_AGAIN = "it has been given access already, and logs in as one user; allowed: one grant for each"
_AS_THAT_USER = "it has been given access as that user already; allowed: one grant for each of its users"
_TOO_LATE = (
    "the connection budget has been made without it; allowed: a grant before `refuse()`, which the stacks of an "
    "environment call when all of the app's own are made"
)
_IMMUTABLE = (
    "its role is imported and takes no policies, so that nothing can be granted to it; allowed: a role that the app "
    "makes, or one imported with mutable=True from the stack's own account"
)
_DISABLED = (
    "user {user!r} has enabled: false in the spec, so each login as it is refused; the rights and the way are there "
    "for when it is enabled again"
)
"""An information: a warning would fail `make synth`, and taking a user's login away must not wait for its functions."""


@dataclass(frozen=True)
class Granted:
    """An access that was given: what the connection budget counts."""

    principal: Principal
    user: str
    pattern: Pattern


@dataclass(eq=False)
class ClientAccess:
    """Access for the users that `spec` declares, by the way that each pattern says."""

    spec: AccessSpec
    database: Database
    proxy: KeylessProxy | None
    """None when no pattern in use goes through it."""
    secrets: UserSecrets | None
    """None when no user has a password."""
    client: ClientLayer
    pattern: Pattern
    """The environment's."""
    network: Network
    """What is in it can be given access."""
    watch_user: str = "drift_watch"
    """The drift watch's own, whom nobody else may be."""
    granted: list[Granted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    complete: bool = False
    """Whether all is granted."""

    def grant(
        self,
        principal: Grantable,
        *,
        user: str,
        database: str,
        pattern: Pattern | None = None,
        reader: bool = False,
        also_reader: bool = False,
        connections: int | None = None,
        security_group: ec2.ISecurityGroup | None = None,
    ) -> None:
        """Let `principal`, which is in the VPC or a role, connect to `database` as `user`, and as nobody else.

        Everything is made in its stack. `keyless_client.connect()` needs no arguments then.

        Args:
            pattern: another way than the environment's. A proxy that is there serves it from then on.
            reader: to Aurora's readers, by the proxy's endpoint for them.
            also_reader: to the readers beside the writer, for what asks `connect(reader=True)`; not of a role, which is
                told nothing.
            connections: how many the pool of each task or instance holds at most, or all of a role's processes
                together. A function's environments hold one each. Through a bastion: the person's.
            security_group: where a role's processes are, for a path from there; only of a role.

        What the spec, the pattern or the principal itself doesn't allow is kept in `problems`, for `refuse`: a synth
        reports everything at once. Without `refuse`, it fails the synth.
        """
        if self.complete:
            self._refuse(principal, [_TOO_LATE])
        chosen = self.pattern if pattern is None else pattern
        of_kind = allowed.problems(
            principal, self.network, self._user(user), database, group=security_group, connections=connections
        )
        if problems := [*of_kind]:
            self._refuse(principal, problems)
            return
        client = allowed.principal(principal, security_group, connections)
        asked = Asked(user, database, chosen, reader, client.seconds, also_reader, told=client.one_user)
        if problems := self._problems(client, asked):
            self._refuse(principal, problems)
            return
        if self.proxy:
            self.proxy.serve(chosen)
        self._connect(client, self._declared(user), asked)
        if not self._declared(user).enabled:
            Annotations.of(client.scope).add_info(_DISABLED.format(user=user))
        if not took_policies(client.role):
            self._refuse(principal, [_IMMUTABLE])
        self.granted.append(Granted(client, user, chosen))

    def refuse(self) -> None:
        """Called when all is granted: a later grant would not be in the connection budget, and is refused at once.

        Raises:
            SpecError: with every reason why a grant is not allowed, and what is.
        """
        self.complete = True
        if self.problems:
            raise SpecError(self.problems)

    def _refuse(self, principal: Grantable, problems: Iterable[str]) -> None:
        for problem in problems:
            self.problems.append(f"{principal.node.path}: {problem}")
            fail_synth(principal, problem)
        if self.complete:
            raise SpecError(self.problems)

    def _problems(self, client: Principal, asked: Asked) -> list[str]:
        if again := self._again(client, asked.user):
            return [again]
        return [*self._of_watch(asked.user), *asked.problems(self.spec, self.database.engine, self.proxy)]

    def _again(self, client: Principal, user: str) -> str | None:
        if client.one_user:
            return _AGAIN if any(client.scope.node.try_find_child(path) for path in _PATHS) else None
        before = any(one.principal.role is client.role and one.user == user for one in self.granted)
        return _AS_THAT_USER if before else None

    def _of_watch(self, user: str) -> Iterator[str]:
        if user == self.watch_user:
            yield f"user {user!r} is the drift watch's own, and nobody else's; allowed: another user of the spec"

    def _connect(self, client: Principal, user: User, asked: Asked) -> None:
        through_proxy, readers = asked.pattern.through_proxy, self.proxy and self.proxy.reader_endpoint
        target = self.proxy if through_proxy and self.proxy else self.database
        host = (asked.reader and readers) or target.endpoint
        self._open(client, target, _PATHS[0] if through_proxy else _PATHS[1])
        if not client.logs_in:
            return
        names = self.database.engine.family.variables
        settings = {
            names.host: host,
            names.port: str(target.port),
            names.user: user.username,
            names.database: session_database(self.spec, self.database.engine.family, user, asked.database),
        }
        if asked.also_reader and readers:
            settings["DB_READER_HOST"] = readers
        if user.auth_method == "iam":
            statement = connect_statement(client.scope, target.resource_id, [user.username])
            client.role.add_to_principal_policy(statement)
        elif self.secrets and client.security_group:
            self.secrets.let_read(client.scope, client.role, client.security_group, [user.username])
            settings["DB_SECRET_ARN"] = self.secrets.arns[user.username]
        if not self.database.engine.family.converged:
            client.tell(settings, None)
            return
        settings["DB_LOGIN_SECONDS"] = str(_login_seconds(client.seconds))
        client.tell(settings, self.client)

    def _open(self, client: Principal, target: KeylessProxy | Database, id: str) -> None:
        """Once: a role may be several users."""
        if client.security_group is None or client.scope.node.try_find_child(id):
            return
        open_path(
            client.scope,
            id,
            source=client.security_group,
            target=target.security_group,
            port=target.port,
            description=f"{client.scope.node.id} to the database",
        )

    def _user(self, name: str) -> User | None:
        return next((user for user in self.spec.users if user.username == name), None)

    def _declared(self, name: str) -> User:
        return next(user for user in self.spec.users if user.username == name)


def _login_seconds(ends_after: float | None) -> int:
    """How long a login may be tried again: most of the time that there is, so that it learns why in the rest."""
    return int(_LONGEST_LOGIN if ends_after is None else min(_LONGEST_LOGIN, ends_after * 3 / 4))
