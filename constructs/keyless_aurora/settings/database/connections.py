"""How many connections a database takes by its settings."""

from collections.abc import Iterator

from keyless_aurora.engines import capacity
from keyless_aurora.engines.capacity import Capacity, CapacityError
from keyless_aurora.settings.database.aurora import AuroraSettings
from keyless_aurora.settings.database.by_secret import SecretInstanceSettings
from keyless_aurora.settings.database.capacity import Provisioned, Serverless
from keyless_aurora.settings.database.existing import ExistingDatabase
from keyless_aurora.settings.database.instance import InstanceSettings


def capacity_of(settings: AuroraSettings | InstanceSettings | ExistingDatabase | SecretInstanceSettings) -> Capacity:
    """Raises CapacityError, whose message begins with the setting's name."""
    match settings:
        case AuroraSettings(capacity=Serverless() as size):
            return capacity.serverless(
                size.min_acu, size.max_acu, settings.engine, max_connections=settings.max_connections
            )
        case AuroraSettings(capacity=Provisioned() as size) | InstanceSettings(capacity=size):
            return capacity.provisioned(size.instance_class, settings.engine, max_connections=settings.max_connections)
        case ExistingDatabase():
            return capacity.existing(settings.max_connections, settings.engine)
        case SecretInstanceSettings():
            return capacity.stated(settings.max_connections, settings.engine)
    raise AssertionError(settings)


def connection_problems(settings: AuroraSettings | InstanceSettings | ExistingDatabase) -> Iterator[str]:
    try:
        capacity_of(settings)
    except CapacityError as error:
        yield f"database.{'' if str(error).startswith('max_connections') else 'capacity.'}{error}"
