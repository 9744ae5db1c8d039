"""Give a function what it needs to reach the database as one user: rights, a network path, settings, the client."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.client_layer import ClientLayer
from keyless_aurora.database_user import connect_statement
from keyless_aurora.proxy import KeylessProxy
from keyless_aurora.security_group import DATABASE_PORT, open_path
from keyless_aurora.vpc_function import VpcFunction


@dataclass(frozen=True)
class ProxyAccess:
    """Access through `proxy` for the users that `spec` declares."""

    proxy: KeylessProxy
    spec: AccessSpec
    client: ClientLayer

    def grant(self, function: VpcFunction, *, user: str, database: str) -> None:
        """Let `function` connect to `database` as `user`, and as nobody else.

        Everything is made in the function's stack. `keyless_client.connect()` needs no arguments then.

        Raises:
            SpecError: with every reason why the spec doesn't allow it, and what it allows.
        """
        problems = [f"{function.node.path}: {problem}" for problem in self._problems(user, database)]
        if problems:
            raise SpecError(problems)
        function.role.add_to_policy(connect_statement(function, self.proxy.resource_id, [user]))
        open_path(function, "ToProxy", source=function.security_group, target=self.proxy.security_group,
                  description=f"{function.node.id} to proxy")
        function.function.add_layers(self.client.of(function))
        settings = {"PGHOST": self.proxy.endpoint, "PGPORT": str(DATABASE_PORT), "PGUSER": user, "PGDATABASE": database}
        for name, value in settings.items():
            function.function.add_environment(name, value)

    def _problems(self, user: str, database: str) -> Iterator[str]:
        found = next((u for u in self.spec.users if u.username == user), None)
        declared = [d.name for d in self.spec.databases]
        if found is None:
            yield _unknown("user", user, (u.username for u in self.spec.users if _can_connect(u)))
        elif not _can_connect(found):
            yield f"user {user!r} doesn't log in with IAM; allowed: a user with auth_method: iam and can_login: true"
        if database not in declared:
            yield _unknown("database", database, declared)
        elif found is not None and database not in _reachable(found):
            yield (f"user {user!r} has no rights in database {database!r}; allowed: {_listed(_reachable(found))}, "
                   f"or a grant in the spec")


def _can_connect(user: User) -> bool:
    """A disabled user counts: taking its login away in the spec must not break the synth of its function."""
    return user.auth_method == "iam" and user.can_login


def _reachable(user: User) -> list[str]:
    return list(dict.fromkeys([*(g.database for g in user.grants), *user.databases]))


def _unknown(what: str, name: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"the spec has no {what} {name!r}; {hint}allowed: {_listed(names)}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none, the spec declares nothing"
