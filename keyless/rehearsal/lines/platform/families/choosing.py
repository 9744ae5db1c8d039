"""The family of a stage's database."""

from keyless.rehearsal.lines.platform.families.family import Family
from keyless.rehearsal.lines.platform.families.mysql import MySQL
from keyless.rehearsal.lines.platform.families.postgresql import PostgreSQL
from keyless.rehearsal.stage.running import Stage


def of(stage: Stage) -> Family:
    return MySQL(stage) if stage.family == "mysql" else PostgreSQL(stage)
