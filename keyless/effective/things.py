"""What somebody can have rights on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db_access.errors import AccessError
from db_access.wording import one_line, quoted
from keyless_probe.rights.held import OF_COLUMNS, PRIVILEGES
from keyless_probe.rights.things import Kind

COLUMN: Final = "column"
ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    **{str(kind): privileges for kind, privileges in PRIVILEGES.items()},
    str(Kind.DATABASE): ("CONNECT", *PRIVILEGES[Kind.DATABASE]),
    COLUMN: OF_COLUMNS,
}
"""Privileges by kind."""
_MAINTAINS: Final = 170_000
"""The version of PostgreSQL that MAINTAIN came with."""


class QuestionError(AccessError):
    """What was asked can't be answered: there is no such thing, or nobody can have that right on it."""


@dataclass(frozen=True)
class Grant:
    grantee: int
    """0 for PUBLIC."""
    privilege: str


@dataclass(frozen=True)
class Thing:
    kind: str
    oid: int
    schema: str
    """Empty for a database and a schema."""
    name: str
    """A column's table's."""
    owner: int
    grants: tuple[Grant, ...]
    column: str = ""
    number: int = 0
    """The column's."""
    arguments: str = ""
    """A function's, as GRANT takes them."""
    types: str = ""
    """Of what a function is called with."""

    @property
    def shown(self) -> str:
        inside = f"{quoted(self.schema)}." if self.schema else ""
        of = f"{COLUMN} {quoted(self.column)} of table " if self.column else f"{self.kind} "
        return f"{of}{inside}{quoted(self.name)}{self._signature}"

    @property
    def _signature(self) -> str:
        return f"({one_line(self.arguments)})" if self.kind == Kind.FUNCTION else ""

    @property
    def alike(self) -> tuple[object, ...]:
        """Things of which this is equal answer alike; columns come with their table's own rights."""
        return (self.oid, self.number) if self.column else (self.kind, self.owner, self.grants)


def possible(kind: str, version: int) -> tuple[str, ...]:
    """The privileges on such a thing that a server of this version has."""
    return tuple(privilege for privilege in ALLOWED[kind] if privilege != "MAINTAIN" or version >= _MAINTAINS)


def refuse_impossible(privilege: str, things: Sequence[Thing], version: int) -> None:
    """Raises QuestionError where nobody can have such a privilege on a server of this version."""
    for thing in things:
        allowed = possible(thing.kind, version)
        if privilege not in allowed:
            raise QuestionError(f"{privilege!r} is no privilege on a {thing.kind}; allowed: {', '.join(allowed)}")
