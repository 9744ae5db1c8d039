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
from keyless_aurora.settings.database.engine import kind_problems, master_problems, version_problems
from keyless_aurora.settings.database.first import first_database_problems
from keyless_aurora.settings.database.protection import Protection, protection_problems

_MOST_READERS = 15


@settings
class AuroraSettings:
    """An Aurora cluster that this app makes: PostgreSQL's, or MySQL's by `engine`."""

    protection: Protection
    capacity: Serverless | Provisioned
    readers: int = 1
    """Up to 15; without one, a failover is a new instance, which takes minutes."""
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

    engine: Engine = AURORA_POSTGRESQL

    @property
    def version(self) -> str:
        return self.engine_version or self.engine.version

    @property
    def master_with_iam(self) -> bool:
        return self.engine.iam_master if self.iam_master is None else self.iam_master


def aurora_problems(settings: AuroraSettings, *, through_proxy: bool) -> Iterator[str]:
    yield from kind_problems(settings.engine, aurora=True)
    yield from version_problems(settings.engine, settings.version)
    yield from master_problems(settings.engine, settings.iam_master)
    yield from protection_problems(settings.protection)
    match settings.capacity:
        case Serverless() as size:
            yield from serverless_problems(size, through_proxy=through_proxy)
        case Provisioned() as size:
            yield from provisioned_problems(size)
    yield from first_database_problems(settings.engine.family, settings.initial_database)
    yield from within("database.readers", settings.readers, 0, _MOST_READERS)
