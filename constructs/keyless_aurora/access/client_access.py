"""Give a function what it needs to reach the database as one user: rights, a network path, settings, the client."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.database.database import Database
from keyless_aurora.database.user import connect_statement, reachable
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.functions.vpc_function import VpcFunction
from keyless_aurora.network.security_group import open_path
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.secrets.user_secrets import UserSecrets


@dataclass(frozen=True)
class Granted:
    """An access that was given: what the connection budget counts."""

    function: VpcFunction
    user: str
    pattern: Pattern


@dataclass(frozen=True)
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

    def grant(
        self, function: VpcFunction, *, user: str, database: str, pattern: Pattern | None = None, reader: bool = False
    ) -> None:
        """Let `function` connect to `database` as `user`, and as nobody else.

        Everything is made in the function's stack. `keyless_client.connect()` needs no arguments then.

        Args:
            pattern: another way than the environment's.
            reader: to Aurora's readers, by the proxy's endpoint for them.

        What the spec or the pattern doesn't allow is kept in `problems`, for `refuse`: a synth reports everything
        at once.
        """
        chosen = pattern or self.pattern
        if problems := [
            f"{function.node.path}: {problem}" for problem in self._problems(user, database, chosen, reader)
        ]:
            self.problems.extend(problems)
            return
        self._connect(function, self._user(user), database, chosen, reader)
        self.granted.append(Granted(function, user, chosen))

    def refuse(self) -> None:
        """Called when all is granted.

        Raises:
            SpecError: with every reason why a grant is not allowed, and what is.
        """
        if self.problems:
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

    def _problems(self, user: str, database: str, pattern: Pattern, reader: bool) -> Iterator[str]:
        found = next((u for u in self.spec.users if u.username == user), None)
        declared = [d.name for d in self.spec.databases]
        if pattern.through_proxy and self.proxy is None:
            yield (
                f"pattern {pattern} goes through RDS Proxy, and the environment's patterns make none; allowed: name it "
                "in `workloads`"
            )
        if reader and not (pattern.through_proxy and self.proxy and self.proxy.reader_endpoint):
            yield (
                "reader=True needs RDS Proxy's endpoint for readers; allowed: `proxy.reader_endpoint` with pattern "
                "A or B, or no reader"
            )
        if found is None:
            yield _unknown("user", user, (u.username for u in self.spec.users if _can_connect(u, pattern)))
        elif not _can_connect(found, pattern):
            yield _wrong_login(found, pattern)
        if database not in declared:
            yield _unknown("database", database, declared)
        elif found is not None and database not in reachable(found):
            yield (
                f"user {user!r} has no rights in database {database!r}; allowed: {_listed(reachable(found))}, or a "
                "grant in the spec"
            )


def _can_connect(user: User, pattern: Pattern) -> bool:
    """A disabled user counts: taking its login away in the spec must not break the synth of its function."""
    return user.auth_method in pattern.auth_methods and user.can_login


def _wrong_login(user: User, pattern: Pattern) -> str:
    """Why `user` can't connect by `pattern`. A secret at the proxy doesn't go with rds_iam: the database would ask for
    a token."""
    allowed = " or ".join(pattern.auth_methods)
    return (
        f"user {user.username!r} has auth_method: {user.auth_method} and can_login: {str(user.can_login).lower()}, "
        f"which pattern {pattern} ({pattern.meaning}) can't use; allowed: auth_method: {allowed} with can_login: true"
    )


def _unknown(what: str, name: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"the spec has no {what} {name!r}; {hint}allowed: {_listed(names)}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none, the spec declares nothing"
