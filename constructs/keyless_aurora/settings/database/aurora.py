"""An Aurora cluster."""

from collections.abc import Iterator

from keyless_aurora.engines.matrix import AURORA_POSTGRESQL, Engine
from keyless_aurora.settings.allowed import within
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database.capacity import (
    Provisioned,
    Serverless,
    provisioned_problems,
    serverless_problems,
)
from keyless_aurora.settings.database.engine import VERSION, version_problems
from keyless_aurora.settings.database.first import first_database_problems
from keyless_aurora.settings.database.protection import Protection, protection_problems

_MOST_READERS = 15


@settings
class AuroraSettings:
    """An Aurora PostgreSQL cluster that this app makes."""

    protection: Protection
    capacity: Serverless | Provisioned
    readers: int = 1
    """Up to 15; without one, a failover is a new instance, which takes minutes."""
    initial_database: str = "app"
    """The database that it is created with, which the spec must declare. Another name would replace it."""
    max_connections: int | None = None
    """None: what AWS derives from the memory."""
    engine_version: str = VERSION
    """Another major version needs `AllowMajorVersionUpgrade`, which this app doesn't set: docs/changes.md."""

    engine: Engine = AURORA_POSTGRESQL


def aurora_problems(settings: AuroraSettings, *, through_proxy: bool) -> Iterator[str]:
    yield from version_problems(settings.engine, settings.engine_version)
    yield from protection_problems(settings.protection)
    match settings.capacity:
        case Serverless() as size:
            yield from serverless_problems(size, through_proxy=through_proxy)
        case Provisioned() as size:
            yield from provisioned_problems(size)
    yield from first_database_problems(settings.initial_database)
    yield from within("database.readers", settings.readers, 0, _MOST_READERS)
