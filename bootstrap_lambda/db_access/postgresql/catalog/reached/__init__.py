"""The questions: who is a member of whom, and which objects with what they reach. Everybody may ask them, without
locks."""

from collections.abc import Mapping
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.postgresql.catalog.reached.handed import CLUSTER, HANDED
from db_access.postgresql.catalog.reached.objects import RELATIONS, ROUTINES, TYPES
from db_access.postgresql.catalog.reached.others import OTHERS, SCHEMAS
from db_access.postgresql.catalog.reached.parts import attributes, membership
from db_access.postgresql.catalog.reached.walk import BEHIND, REACHED, ROOTS

_OBJECTS: Final[LiteralString] = f"""
WITH RECURSIVE {HANDED},
{ROOTS},
{REACHED},
{BEHIND}
{membership("member IN (SELECT oid FROM behind)")}
UNION ALL {attributes("behind")}
UNION ALL {RELATIONS}
UNION ALL {ROUTINES}
UNION ALL {TYPES}
UNION ALL {SCHEMAS}
UNION ALL {OTHERS}
"""


def read(connection: Connection[Any], parameters: Mapping[str, Any], *, objects: bool) -> list[tuple[Any, ...]]:
    """Rows as `parts` says, in one round trip."""
    with connection.pipeline():
        cluster = connection.execute(CLUSTER, parameters)
        found = connection.execute(_OBJECTS, parameters) if objects else None
    return cluster.fetchall() + (found.fetchall() if found else [])
