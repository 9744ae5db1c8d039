"""What the server tells a user that it may do and the spec doesn't give. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from db_access.spec import User
from keyless.rehearsal.lines.rights.mysql import patterns
from keyless.rehearsal.lines.rights.mysql.meaning import Meaning
from keyless_probe.mysql.told import Granted, Told
from keyless_probe.rights.things import Kind, Thing

ENGINES: Final = "keyless_aurora"
"""How the names of the engine's own schemas begin."""


@dataclass(frozen=True)
class Beyond:
    meaning: Meaning
    user: User
    told: Told
    literally: bool = False
    """MySQL's partial_revokes: a schema's name in a grant is no pattern."""
    watches: bool = False
    """The drift watch's user: it may call what the engine has made for it."""

    def rights(self) -> Iterator[str]:
        for one in self.told.granted:
            yield from self._of(one)
        if self.told.unread:
            yield f"{self.told.unread} grants of a kind that nobody here knows"

    def passed_on(self) -> Iterator[str]:
        """What it may give to others, or act as."""
        yield from (f"what it has on {_where(one)}" for one in self.told.granted if one.passed_on)
        yield from (f"role {role}" for role in self.told.passed_on)
        if self.told.proxies:
            yield f"itself for {self.told.proxies} others (GRANT PROXY)"

    def _of(self, one: Granted) -> Iterator[str]:
        schema = self._schema(one)
        if self.watches and one.privileges <= {"EXECUTE"} and (schema or "").startswith(ENGINES):
            return
        kind = Kind.FUNCTION if one.routine else Kind.TABLE if one.name else Kind.SCHEMA
        thing = Thing(kind, schema or "", one.name or schema or "", "")
        for privilege in sorted(one.privileges):
            if not schema or not self.meaning.allows(self.user, thing, "", [privilege]):
                yield f"{privilege} on {_where(one)}"
        for privilege, column in sorted(one.columns):
            if not schema or not self.meaning.allows(self.user, thing, column, [privilege]):
                yield f"{privilege} of column {column} on {_where(one)}"

    def _schema(self, one: Granted) -> str | None:
        """The one that it is about, if it is about one."""
        return one.schema if one.name or self.literally else patterns.literal(one.schema)


def _where(one: Granted) -> str:
    if not one.schema:
        return "everything"
    kind = "routine " if one.routine else "table " if one.name else "schemas like "
    return f"{kind}{one.schema}{f'.{one.name}' if one.name else ''}"
