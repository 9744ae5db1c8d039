"""How much data there is, by the superuser: what an access that goes must leave."""

from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg.sql import SQL, Identifier

from keyless.rehearsal.stage.running import Stage

_TABLES: Final[LiteralString] = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = ANY (%s) ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Data:
    tables: int
    rows: int

    @classmethod
    def of(cls, stage: Stage) -> "Data":
        """In the schemas of the spec."""
        counted = [count for database in stage.deployed.spec.databases for count in _rows(stage, database.name)]
        return cls(len(counted), sum(counted))

    def __str__(self) -> str:
        return f"{self.rows:,} rows in {self.tables:,} tables"


def _rows(stage: Stage, database: str) -> list[int]:
    schemas = [schema.name for schema in stage.deployed.spec.database(database).schemas]
    with stage.superuser(database) as connection:
        names = connection.execute(_TABLES, [schemas]).fetchall()
        counted = [connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(*n))).fetchone() for n in names]
    return [row[0] for row in counted if row]
