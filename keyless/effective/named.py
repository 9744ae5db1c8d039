"""How a thing is named on the command line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db_access.wording import is_text, listed, one_line, quoted
from keyless.effective.things import QuestionError, Thing
from keyless_probe.rights.things import Kind

_PART: Final = re.compile(r'"((?:[^"]|"")+)"|((?:[^".(]|\([^)]*\))+)', re.DOTALL)


@dataclass(frozen=True)
class Named:
    """`app.foo.event`: a database, and maybe a schema, an object and a column of it."""

    database: str
    schema: str = ""
    name: str = ""
    column: str = ""

    @classmethod
    def parse(cls, text: str) -> "Named":
        """Parts are as they are in the database; one with a dot or a quote in it is quoted as in SQL.

        Raises:
            QuestionError: when it is no such name.
        """
        parts, at = [], 0
        while found := _PART.match(text, at):
            inner, plain = found.groups()
            parts.append(plain if inner is None else inner.replace('""', '"'))
            at = found.end()
            if text[at : at + 1] != "." or at + 1 == len(text):
                break
            at += 1
        if at != len(text) or not 1 <= len(parts) <= 4 or not is_text(text):
            raise QuestionError(
                f"{text!r} is not a name; allowed: DATABASE, DATABASE.SCHEMA, DATABASE.SCHEMA.OBJECT or "
                "DATABASE.SCHEMA.TABLE.COLUMN; a part with a dot or a quote in it in double quotes, as in SQL"
            )
        return cls(*parts)

    def among(self, things: Sequence[Thing]) -> list[Thing]:
        """Functions without argument types are all of that name.

        Raises:
            QuestionError: when there is none.
        """
        found = [thing for thing in things if self._is(thing)]
        if not found:
            place = f"database {quoted(self.database)} has "
            what = ".".join(quoted(part) for part in (self.schema, self.name, self.column) if part)
            raise QuestionError(f"{place}no {what}; allowed: {self._allowed(things)}")
        return found

    def _allowed(self, things: Sequence[Thing]) -> str:
        name = self.name.partition("(")[0]
        alike = [t for t in things if (t.kind, t.schema, t.name) == (Kind.FUNCTION, self.schema, name)]
        if alike and name != self.name:
            return listed([f"{quoted(t.schema)}.{quoted(t.name)}({one_line(t.types)})" for t in alike])
        return (
            "a database, schema, table, view, sequence, function or column, by its name as it is there, "
            "its capitals included"
        )

    def _is(self, thing: Thing) -> bool:
        if not self.schema:
            return thing.kind == Kind.DATABASE
        if not self.name:
            return (thing.kind, thing.name) == (Kind.SCHEMA, self.schema)
        if (thing.schema, thing.column) != (self.schema, self.column):
            return False
        return self.name == thing.name or (
            thing.kind == Kind.FUNCTION and self._spaced(self.name) in self._signed(thing)
        )

    def _signed(self, thing: Thing) -> set[str]:
        return {self._spaced(f"{thing.name}({arguments})") for arguments in (thing.arguments, thing.types)}

    @staticmethod
    def _spaced(name: str) -> str:
        return re.sub(r"\s*,\s*", ", ", name)
