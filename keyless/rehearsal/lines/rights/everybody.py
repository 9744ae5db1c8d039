"""What is so in a database whoever logs in, from the rows of keyless_probe.rights: whose things are, which of the
spec's roles log in, and what others have. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.rights.meaning import Meaning

Rows = Mapping[str, Sequence[Sequence[Any]]]
_OF_DATABASE: Final = ("pg_database_owner",)
_MANAGED: Final = ("pg_", "rds")
"""Roles of PostgreSQL and logins of RDS, for which they answer: docs/access-spec.md, Outsiders."""


@dataclass(frozen=True)
class Everybody:
    meaning: Meaning
    rows: Rows
    managing: frozenset[str] = frozenset()
    """Roles that may own things and be members of any role: the master."""

    def lines(self) -> Iterator[Line]:
        here = f"in database {self.meaning.database}"
        for what, beyond in {
            f"owners of schemas and what is in them {here}": self._owners(),
            f"who is a member of the spec's roles {here}": self._members(),
            f"whose the databases are {here}": self._rulers(),
            f"which of the spec's roles log in {here}": self._logins(),
            f"what others have {here}": self._strangers(),
        }.items():
            yield line(what, beyond).of(f"database {self.meaning.database}")

    @property
    def _known(self) -> set[str]:
        return {*self.managing, *(one.username for one in self.meaning.spec.acknowledged)}

    def _owners(self) -> Iterator[str]:
        for schema, kind, owner, extended, number, example in self.rows["owners"]:
            makers = self.meaning.makers(schema)
            allowed = makers[:1] if kind == "schema" else makers
            if schema in self.meaning.keeping:
                allowed = (*self._roles, *_OF_DATABASE)
            if owner not in allowed and owner not in self.managing and not extended:
                name = f"schema {schema}" if kind == "schema" else f"{kind} {schema}.{example}"
                more = f" and {number - 1} more" if number > 1 else ""
                yield f"{name}{more} belong to {owner}" if more else f"{name} belongs to {owner}"

    @property
    def _roles(self) -> Iterator[str]:
        """The spec's."""
        yield from (grantee.name for grantee in self.meaning.spec.grantees)
        yield from self.meaning.spec.makers()

    def _members(self) -> Iterator[str]:
        yield from (f"{role} is a member of {of}" for role, of in self.rows["outsiders"] if role not in self._known)

    def _rulers(self) -> Iterator[str]:
        """Who owns a database can give itself whatever there is to give on it, and drop it."""
        for database, owner, _ in self.rows["rulers"]:
            if owner not in self._known:
                yield f"database {database} belongs to {owner}"

    def _logins(self) -> Iterator[str]:
        logs_in = {user.username for user in self.meaning.spec.users if user.logs_in}
        yield from (f"{role} may log in" for (role,) in self.rows["logins"] if role not in logs_in)

    def _strangers(self) -> Iterator[str]:
        spec = self.meaning.spec
        if spec.additive:  # it speaks of no others than its own roles
            return
        known = self._known
        for role, privilege, kind, example, number in self.rows["strangers"]:
            of_rds = role.startswith(_MANAGED) and (kind, privilege) == ("database", "CONNECT")
            if role not in known and not of_rds and not of_groups(spec, role):
                more = f" and {number - 1} more" if number > 1 else ""
                yield f"{role} has {privilege} on {kind} {example}{more}"
        for role, power in self.rows["powers"]:
            if role not in known and not role.startswith(_MANAGED) and not of_groups(spec, role):
                yield f"{role} {power}"


def of_groups(spec: AccessSpec, role: str) -> bool:
    """One of `grants: through_groups`, whose rights are measured as the members'."""
    through = any(database.grants == "through_groups" for database in spec.databases)
    start, (name, cut, _) = f"{spec.managed_by}/", role.partition("~")
    return through and (name.startswith(start) or bool(cut and name and start.startswith(name)))


def line(what: str, beyond: Iterator[str]) -> Line:
    found = list(beyond)
    if found:
        return Line(what, Outcome.AS_SPECIFIED, "", Attempt(Outcome.DRIFT, "; ".join(found)))
    return Line(what, Outcome.AS_SPECIFIED, "", Attempt(Outcome.AS_SPECIFIED, "nothing beyond the spec"))
