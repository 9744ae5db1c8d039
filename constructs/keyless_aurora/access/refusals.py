"""Why a function can't be given access as it is asked for: sentences for the operator."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db_access.spec import AccessSpec, User
from keyless_aurora.engines.matrix import Engine, Pattern
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.settings.kinds import misfits
from keyless_aurora.settings.pattern import pattern_problems


@dataclass(frozen=True)
class Asked:
    """A grant as somebody asks for it, `pattern` already the environment's where it names none."""

    user: str
    database: str
    pattern: Pattern
    reader: bool
    timeout_seconds: float | None
    """The function's; None: of what isn't ended."""
    also_reader: bool = False
    told: bool = True
    """Whether who is given access is told where to connect."""

    def problems(self, spec: AccessSpec, engine: Engine, proxy: KeylessProxy | None) -> list[str]:
        """All of them."""
        kinds = {"user": str, "database": str, "pattern": Pattern, "reader": bool, "also_reader": bool}
        wrong = [problem for name, kind in kinds.items() for problem in misfits(name, getattr(self, name), kind)]
        return wrong or [*self._of_way(engine, proxy), *self._of_spec(spec)]

    def _of_way(self, engine: Engine, proxy: KeylessProxy | None) -> Iterator[str]:
        yield from pattern_problems(engine, {"pattern": self.pattern})
        if self.pattern.through_proxy and proxy is None:
            yield (
                f"pattern {self.pattern} goes through RDS Proxy, and the environment has none, because none of its "
                "patterns needs one; allowed: pattern C, or an environment whose `pattern` is A or B"
            )
        yield from self._of_readers(bool(self.pattern.through_proxy and proxy and proxy.reader_endpoint))
        longest = self.timeout_seconds
        if longest is not None and self.pattern.through_proxy and proxy and proxy.borrow_timeout_seconds >= longest:
            yield (
                f"its timeout of {longest:g} s ends it before it learns that the proxy has no connection "
                f"for it; allowed: more than proxy.borrow_timeout_seconds, which is {proxy.borrow_timeout_seconds}, or "
                "less of that"
            )

    def _of_readers(self, there: bool) -> Iterator[str]:
        for name, asked in {"reader": self.reader, "also_reader": self.also_reader}.items():
            if asked and not there:
                yield (
                    f"{name}=True needs RDS Proxy's endpoint for readers; allowed: `proxy.reader_endpoint` with "
                    "pattern A or B, or no reader"
                )
        if self.reader and self.also_reader:
            yield "reader=True has it connect to readers alone, also_reader=True to both; allowed: one of them"
        if self.also_reader and not self.told:
            yield (
                "also_reader=True sets DB_READER_HOST, and nobody knows who takes a role; allowed: the right alone, "
                "which covers the readers' endpoint, and the variable where its processes are"
            )

    def _of_spec(self, spec: AccessSpec) -> Iterator[str]:
        found = next((user for user in spec.users if user.username == self.user), None)
        declared = [database.name for database in spec.databases]
        if found is None:
            yield _unknown("user", self.user, (u.username for u in spec.users if _can_connect(u, self.pattern)))
        elif not _can_connect(found, self.pattern):
            yield _wrong_login(found, self.pattern)
        if self.database not in declared:
            yield _unknown("database", self.database, declared)
        elif found is not None and self.database not in (others := spec.connectable(found)):
            yield (
                f"user {self.user!r} may not connect to database {self.database!r}, by itself or through a group; "
                f"allowed: {''.join(f'{other}, or ' for other in others)}a grant in the spec"
            )


def _can_connect(user: User, pattern: Pattern) -> bool:
    """A disabled user counts, and the synth says so: taking its login away must not break the synth of its function."""
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
    return f"the spec has no {what} {name!r}; {hint}allowed: {', '.join(names) or f'a {what} that it declares'}"
