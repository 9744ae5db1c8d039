"""An RDS instance."""

from collections.abc import Iterator

from keyless_aurora.engines.matrix import POSTGRESQL, Engine
from keyless_aurora.settings.allowed import within
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database.capacity import Provisioned, provisioned_problems
from keyless_aurora.settings.database.engine import kind_problems, master_problems, version_problems
from keyless_aurora.settings.database.first import first_database_problems
from keyless_aurora.settings.database.protection import Protection, protection_problems

_STORAGE_GIB, _GROWTH_PERCENT = (20, 65_536), 10
"""Of gp3 (UserGuide/CHAP_Storage); "Managing capacity automatically with Amazon RDS storage autoscaling" has the
growth."""


@settings
class InstanceSettings:
    """An RDS instance that this app makes: of PostgreSQL, or of MySQL or MariaDB by `engine`."""

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
    engine_version: str = ""
    """Empty: the engine's own (engines/matrix.py). Another major version needs `AllowMajorVersionUpgrade`, which this
    app doesn't set: docs/changes.md."""
    iam_master: bool | None = None
    """Whether the master logs in with IAM. None: where RDS takes that, which is on PostgreSQL; otherwise it has a
    secret that RDS manages, which the bootstrap function alone may read."""

    engine: Engine = POSTGRESQL

    @property
    def version(self) -> str:
        return self.engine_version or self.engine.version

    @property
    def master_with_iam(self) -> bool:
        return self.engine.iam_master if self.iam_master is None else self.iam_master


def instance_problems(settings: InstanceSettings) -> Iterator[str]:
    yield from kind_problems(settings.engine, aurora=False)
    yield from version_problems(settings.engine, settings.version)
    yield from master_problems(settings.engine, settings.iam_master)
    yield from protection_problems(settings.protection)
    yield from provisioned_problems(settings.capacity)
    yield from first_database_problems(settings.engine.family, settings.initial_database)
    yield from storage_problems(settings.storage_gib, settings.max_storage_gib)
    yield from zone_problems(settings.protection, multi_az=settings.multi_az)


def zone_problems(protection: Protection, *, multi_az: bool) -> Iterator[str]:
    if not multi_az and not protection.disposable:
        yield (
            "database.multi_az: False takes a database whose data is kept away with its zone; allowed: True, or False "
            "with removal_policy DESTROY"
        )


def storage_problems(size: int, grown: int, *, most: int = _STORAGE_GIB[1]) -> Iterator[str]:
    """`grown`: up to where it may grow; `most`: what the engine takes. GiB."""
    yield from within("database.storage_gib", size, _STORAGE_GIB[0], most, " GiB")
    least = min(-(-size * (100 + _GROWTH_PERCENT) // 100), most)
    yield from within("database.max_storage_gib", grown, least, most, " GiB")
