"""A right that the spec gives nobody: what somebody grants by hand, for the drift watch to see."""

from dataclasses import dataclass
from typing import LiteralString

from psycopg.sql import SQL, Composed, Identifier

from db_access.spec import AccessSpec
from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless_probe.rights.things import Kind, Thing


@dataclass(frozen=True)
class ByHand:
    """CREATE, on a schema or, where there is none that `user` lacks it on, on the database."""

    user: str
    database: str
    schema: str

    @classmethod
    def of(cls, spec: AccessSpec) -> "ByHand":
        """In the first database. Every spec has a user, for the drift watch, that may do nothing."""
        meaning = Meaning(spec, spec.databases[0].name)
        for user in spec.users:
            for schema, owner in meaning.schemas.items():
                thing = Thing(Kind.SCHEMA, schema, schema, owner)
                names = {user.username, meaning.acts_as(user)}
                if not any(meaning.allows(name, thing, "", frozenset({"CREATE"})) for name in names):
                    return cls(user.username, meaning.database, schema)
        return cls(spec.users[-1].username, meaning.database, "")

    @property
    def found(self) -> str:
        """What the watch must say of it."""
        return f"{self.user!r} can CREATE on {f'schema {self.schema}' if self.schema else 'database'}"

    def granted(self) -> Composed:
        return self._statement("GRANT CREATE ON {} {} TO {}")

    def revoked(self) -> Composed:
        return self._statement("REVOKE CREATE ON {} {} FROM {}")

    def _statement(self, statement: LiteralString) -> Composed:
        kind, name = (SQL("SCHEMA"), self.schema) if self.schema else (SQL("DATABASE"), self.database)
        return SQL(statement).format(kind, Identifier(name), Identifier(self.user))
