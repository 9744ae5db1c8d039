"""The capacity that a database's settings come to."""

from keyless_aurora.engines import capacity
from keyless_aurora.engines.capacity import Capacity
from keyless_aurora.settings.database import (
    AuroraSettings,
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    Serverless,
)


def capacity_of(settings: DatabaseSettings) -> Capacity:
    """Raises CapacityError, whose message begins with the setting's name."""
    match settings:
        case AuroraSettings(capacity=Serverless() as size):
            return capacity.serverless(size.min_acu, size.max_acu, max_connections=settings.max_connections)
        case AuroraSettings(capacity=Provisioned() as size) | InstanceSettings(capacity=size):
            return capacity.provisioned(size.instance_class, settings.engine, max_connections=settings.max_connections)
        case ExistingDatabase():
            return capacity.existing(settings.max_connections)
    raise AssertionError(settings)
