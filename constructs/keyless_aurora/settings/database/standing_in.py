"""Another database in the place of an environment's own, to try it out."""

from typing import Final

from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.settings.checked import changed
from keyless_aurora.settings.database import (
    AuroraSettings,
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    SecretInstanceSettings,
)

_STORAGE: Final = 20, 100
"""GiB: at first, and at most."""


class NoStandInError(Exception):
    """Why none can stand in for the database, and what is allowed."""


def cluster(database: DatabaseSettings, *, engine: Engine) -> AuroraSettings:
    """Raises NoStandInError when it isn't a cluster that this app makes."""
    if not isinstance(database, AuroraSettings):
        raise NoStandInError("database: it isn't Aurora, and has no settings of one; allowed: no -c database of Aurora")
    return database if database.engine == engine else changed(database, engine=engine, engine_version="")


def instance(database: DatabaseSettings, *, engine: Engine) -> InstanceSettings:
    """Raises NoStandInError when it exists already."""
    ours, size = _made_here(database), Provisioned("t4g.medium")
    same = ours.engine.family is engine.family is Family.POSTGRESQL
    version = ours.engine_version if same else ""
    return InstanceSettings(ours.protection, size, *_STORAGE, engine_version=version, engine=engine)


def secret_instance(database: DatabaseSettings, *, engine: Engine) -> SecretInstanceSettings:
    """Without what its engine hasn't: the audit that this app knows, and for Db2 Database Insights.

    Raises:
        NoStandInError: when it exists already.
    """
    protection, size = changed(_made_here(database).protection, audit=False), Provisioned("r6i.large")
    made = SecretInstanceSettings(protection, size, *_STORAGE, engine=engine, max_connections=500)
    return made if made.insights else changed(made, protection=changed(protection, advanced_insights=False))


def _made_here(database: DatabaseSettings) -> AuroraSettings | InstanceSettings | SecretInstanceSettings:
    if isinstance(database, ExistingDatabase):
        raise NoStandInError("database: it exists already, and no other can stand in for it; allowed: no -c database")
    return database
