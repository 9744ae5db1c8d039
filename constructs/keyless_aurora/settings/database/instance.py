"""An RDS instance."""

from collections.abc import Iterator

from keyless_aurora.engines.matrix import POSTGRESQL, Engine
from keyless_aurora.settings.allowed import within
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database.capacity import Provisioned, provisioned_problems
from keyless_aurora.settings.database.engine import VERSION, version_problems
from keyless_aurora.settings.database.first import first_database_problems
from keyless_aurora.settings.database.protection import Protection, protection_problems

_STORAGE_GIB, _GROWTH_PERCENT = (20, 65_536), 10
"""Of gp3 (UserGuide/CHAP_Storage); "Managing capacity automatically with Amazon RDS storage autoscaling" has the
growth."""


@settings
class InstanceSettings:
    """An RDS for PostgreSQL instance that this app makes."""

    protection: Protection
    capacity: Provisioned
    storage_gib: int
    max_storage_gib: int
    """Storage grows by itself up to here."""
    multi_az: bool = True
    """A standby in another zone. Only a disposable database may be without."""
    initial_database: str = "app"
    """The database that it is created with, which the spec must declare. Another name would replace it."""
    max_connections: int | None = None
    """None: what AWS derives from the memory."""
    engine_version: str = VERSION
    """Another major version needs `AllowMajorVersionUpgrade`, which this app doesn't set: docs/changes.md."""

    engine: Engine = POSTGRESQL


def instance_problems(settings: InstanceSettings) -> Iterator[str]:
    yield from version_problems(settings.engine, settings.engine_version)
    yield from protection_problems(settings.protection)
    yield from provisioned_problems(settings.capacity)
    yield from first_database_problems(settings.initial_database)
    yield from _storage(settings.storage_gib, settings.max_storage_gib)
    if not settings.multi_az and not settings.protection.disposable:
        yield (
            "database.multi_az: False takes a database whose data is kept away with its zone; allowed: True, or False "
            "with removal_policy DESTROY"
        )


def _storage(size: int, most: int) -> Iterator[str]:
    yield from within("database.storage_gib", size, *_STORAGE_GIB, " GiB")
    least = min(-(-size * (100 + _GROWTH_PERCENT) // 100), _STORAGE_GIB[1])
    yield from within("database.max_storage_gib", most, least, _STORAGE_GIB[1], " GiB")
