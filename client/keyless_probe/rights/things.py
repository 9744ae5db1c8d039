"""What there is in a database that somebody can have rights on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    DATABASE = "database"
    SCHEMA = "schema"
    TABLE = "table"
    """Views and foreign tables, too."""
    SEQUENCE = "sequence"
    FUNCTION = "function"

    @property
    def plural(self) -> str:
        return f"{self}s"


@dataclass(frozen=True)
class Column:
    name: str
    writable: bool
    """Whether a value can be given: not where it is generated."""
    type: str
    """As format_type writes it."""


@dataclass(frozen=True)
class Thing:
    kind: Kind
    schema: str
    """Its own name, of a schema; empty for a database."""
    name: str
    owner: str
    form: str = ""
    """A table's relkind."""
    columns: tuple[Column, ...] = ()
    key: str = ""
    """The table's column whose unique index has no other column; empty for none."""
    index: str = ""
    """The name of that index."""
    arguments: tuple[str, ...] = ()
    """A function's, as format_type writes them."""
    outside: int | None = None
    """A value that the sequence can't take; None where every value is one."""

    @property
    def shown(self) -> str:
        """`table foo.event`."""
        inside = f"{self.schema}." if self.kind not in (Kind.DATABASE, Kind.SCHEMA) else ""
        return f"{self.kind} {inside}{self.signature}"

    @property
    def signature(self) -> str:
        """As an `only` of the spec names it within its schema."""
        return f"{self.name}({', '.join(self.arguments)})" if self.kind is Kind.FUNCTION else self.name

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it."""
        columns = tuple(Column(**column) for column in raw["columns"])
        changed = {"kind": Kind(raw["kind"]), "columns": columns, "arguments": tuple(raw["arguments"])}
        return cls(**{**raw, **changed})
