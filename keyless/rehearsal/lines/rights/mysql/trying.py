"""All that is tried in one user's session, and what the spec gives of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymysql.connections import Connection

from db_access.spec import User
from keyless.rehearsal.lines.rights.measured import Tried
from keyless.rehearsal.lines.rights.mysql import doing
from keyless.rehearsal.lines.rights.mysql.beyond import ENGINES, Beyond
from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.lines.rights.mysql.meaning import Meaning
from keyless.rehearsal.lines.rights.mysql.probes import Probe, named
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless_probe.mysql.told import read
from keyless_probe.rights.things import Thing

_ON_SERVER: Final = (
    "CREATE DATABASE mysql",
    "FLUSH PRIVILEGES",
    "SHOW ENGINE INNODB STATUS",
    "SELECT 1 INTO OUTFILE '/no/such/folder/file'",
    "SET GLOBAL max_connections = 'no number'",
    "GRANT USAGE ON *.* TO CURRENT_USER()",
)
"""None of which anybody of a spec may: each changes nothing for who may, or fails."""
_ENGINES_ROLES: Final = ("keyless~", "keyless/", "keyless#")
"""How the roles begin that the engine gives: of a user's rights, of whose it is, and of its password."""
_OF_COLUMNS: Final = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
_COLUMNS: Final = (
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, PRIVILEGES FROM information_schema.COLUMNS "
    "WHERE TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')"
)


@dataclass(frozen=True)
class There:
    """What there is on the server, by the superuser's look."""

    tables: Sequence[Thing]
    """Every one in the schemas of the database that is measured."""
    schemas: Sequence[str]
    roles: Sequence[str]
    """Whatever may be given as one."""
    master: str
    literally: bool
    """MySQL's partial_revokes: a schema's name in a grant is no pattern."""


@dataclass(frozen=True)
class Trying:
    connection: "Connection[Any]"
    user: User
    meaning: Meaning
    there: There
    watches: bool = False
    """Whether the user is the drift watch's."""

    def all(self, probes: Sequence[Probe]) -> tuple[Tried, ...]:
        found = doing.answers(self.connection, probes)
        return tuple(Tried(one, self._gives(one), answer) for one, answer in zip(probes, found, strict=True))

    def _gives(self, probe: Probe) -> bool:
        return self.meaning.allows(self.user, probe.thing, probe.column, probe.needs)

    def account(self) -> Iterator[str]:
        """Of the session: whoever has a narrower host comes before."""
        ((name,),) = query(self.connection, "SELECT CURRENT_USER()")
        if name != f"{self.user.username}@%":
            yield f"the session is {name}'s"

    def schemas(self) -> Iterator[str]:
        """Those that it may use, and the spec doesn't know: by any right on anything in them."""
        for schema in self.there.schemas:
            known = schema in self.meaning.declared or (self.watches and schema.startswith(ENGINES))
            if not known and doing.not_refused(self.connection, [f"USE {identifier(schema)}"]):
                yield f"schema {schema}"

    def on_server(self) -> list[str]:
        new = f"CREATE USER {identifier(self.there.master)}@'%'"  # who is there already
        return doing.not_refused(self.connection, [*_ON_SERVER, new])

    def told(self) -> Beyond:
        lines = [line for (line,) in query(self.connection, "SHOW GRANTS")]
        return Beyond(self.meaning, self.user, read(lines), self.there.literally, self.watches)

    def columns(self) -> Iterator[str]:
        """Of every table in the schemas, where what the server tells about a column isn't what the spec gives."""
        here = self.meaning.schemas
        found = {
            (schema, table, column): {one.upper() for one in privileges.split(",")}
            for schema, table, column, privileges in query(self.connection, _COLUMNS)
            if schema in here
        }
        for table in self.there.tables:
            for column in table.columns:
                can = found.get((table.schema, table.name, column.name), set())
                for privilege in _OF_COLUMNS:
                    given = self.meaning.allows(self.user, table, column.name, [privilege])
                    if given != (privilege in can):
                        yield f"{'no ' if given else ''}{privilege} of column {column.name} of {named(table)}"

    def roles(self, probes: Sequence[Probe]) -> Iterator[str]:
        """Those that it can go to beside its own, and what it may as one of them that the spec doesn't give. The
        session is nobody's afterwards."""
        own = self.meaning.groups(self.user)
        for role in self.there.roles:
            if doing.tried(self.connection, f"SET ROLE {identifier(role)}").done:
                if role not in own and not role.startswith(_ENGINES_ROLES):
                    yield f"role {role}"
                yield from (f"{one}, as role {role}" for one in self._more(probes))
        query(self.connection, "SET ROLE NONE")
        yield from (f"{one}, without a role" for one in self._more(probes))

    def _more(self, probes: Sequence[Probe]) -> Iterator[str]:
        """With an active role MySQL passes over what it lets everybody do in a schema, and without one not."""
        yield from (one.probe.shown for one in self.all(probes) if one.can and not one.given)
        yield from self.schemas()
