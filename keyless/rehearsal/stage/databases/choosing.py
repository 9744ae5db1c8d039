"""Which database a stage has: known before the synthesis where somebody asks for one, and by the templates after it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from keyless.rehearsal.deployment.engines import engines, family_of
from keyless.rehearsal.stage.databases.database import Database
from keyless.rehearsal.stage.databases.mysql import MySQLFamily
from keyless.rehearsal.stage.databases.postgresql import PostgreSQL

_ASKED: Final = {"aurora": "aurora-postgresql", "instance": "postgres"}
"""What the app calls engines otherwise than RDS does."""
_USUAL: Final = "aurora-postgresql"


def expected(asked: str) -> Database:
    """For what is asked of the app; PostgreSQL where nothing is, since only the templates will say."""
    return _of(_ASKED.get(asked, asked) or _USUAL)


def declared(templates: Sequence[Mapping[str, Any]], found: Database) -> Database:
    """`found` where it stands for the templates' engine, else another; not yet started. Raises LookupError."""
    for engine in engines(templates):
        if not found.stands_for(engine):
            return _of(engine)
    return found


def _of(engine: str) -> Database:
    return PostgreSQL() if family_of(engine) == "postgresql" else MySQLFamily.of(engine)
