"""How much data there is, by the superuser: what an access that goes must leave."""

from dataclasses import dataclass

from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.stage.running import Stage


@dataclass(frozen=True)
class Data:
    tables: int
    rows: int

    @classmethod
    def of(cls, stage: Stage) -> "Data":
        """In the schemas of the spec."""
        family = of(stage)
        counted = [count for database in stage.deployed.spec.databases for count in family.rows(database.name)]
        return cls(len(counted), sum(counted))

    def __str__(self) -> str:
        return f"{self.rows:,} rows in {self.tables:,} tables"
