"""The one right that a probe can give by hand and take back, for the drift watch to see: USAGE on a schema, which its
user's sessions own.

The function's environment names it. Only a `keyless verify --with-changes` deploys a probe with that variable, so that
any other probe changes nothing whatever it is asked, and this one changes nothing else: a question says give or take,
and neither what nor to whom.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, LiteralString, Self

import psycopg
from psycopg.sql import SQL, Identifier

VARIABLE: Final = "KEYLESS_VERIFY_RIGHT"
"""JSON: the fields of Right."""
_SETTINGS: Final[LiteralString] = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '5s'"
_HOLDS: Final[LiteralString] = "SELECT pg_catalog.has_schema_privilege(%s, %s, 'USAGE')"


class Change(StrEnum):
    NONE = ""
    GIVE = "give"
    TAKE = "take"


class NoRightError(Exception):
    """The probe was deployed without a right to give."""


@dataclass(frozen=True)
class Right:
    """USAGE on `schema` for `user`."""

    schema: str
    user: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises NoRightError."""
        if VARIABLE not in environment:
            raise NoRightError("this probe changes nothing; allowed: one that `keyless verify --with-changes` deployed")
        return cls(**json.loads(environment[VARIABLE]))

    def as_variable(self) -> str:
        return json.dumps(asdict(self))


_STATEMENTS: Final[Mapping[Change, LiteralString]] = {
    Change.GIVE: "GRANT USAGE ON SCHEMA {schema} TO {user}",
    Change.TAKE: "REVOKE USAGE ON SCHEMA {schema} FROM {user}",
}


def carry_out(connection: "psycopg.Connection[tuple[Any, ...]]", change: Change, right: Right) -> bool:
    """Whether the user holds it afterwards. Either may be done twice."""
    statement = SQL(_STATEMENTS[change]).format(schema=Identifier(right.schema), user=Identifier(right.user))
    with connection.transaction():
        connection.execute(_SETTINGS)
        connection.execute(statement)
        row = connection.execute(_HOLDS, [right.user, right.schema]).fetchone()
    return bool(row and row[0])
