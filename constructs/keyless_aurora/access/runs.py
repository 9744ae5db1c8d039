"""How many runs carry an access spec out, and on what each.

On PostgreSQL a run is of one database, as a transaction is. In the MySQL family users and their grants are the
server's, and a run is of all of the spec's databases: its custom resource is the server's, whatever the spec is named
after or declares first, or a database that leaves the spec would take everybody's access with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db_access.spec import AccessSpec
from keyless_aurora.engines.family import Family


@dataclass(frozen=True)
class Run:
    """`name`: of its database; empty for the whole server's."""

    name: str
    properties: dict[str, Any]
    """By which the engine's functions know it, beside the cluster and the spec."""

    @property
    def id(self) -> str:
        return f"Database-{self.name}" if self.name else "Server"


def runs(spec: AccessSpec, family: Family) -> Iterator[Run]:
    """In their order."""
    names = [database.name for database in spec.databases]
    if family.whole_server:
        yield Run("", {"Databases": names})
    else:
        yield from (Run(name, {"Database": name}) for name in names)
