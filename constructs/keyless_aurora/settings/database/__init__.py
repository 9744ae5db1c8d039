"""What differs between the databases of environments. Every value has its unit in its name or docstring."""

from collections.abc import Iterator

from keyless_aurora.engines.by_secret import License
from keyless_aurora.settings.database.aurora import AuroraSettings, aurora_problems
from keyless_aurora.settings.database.by_secret import SecretInstanceSettings, secret_instance_problems
from keyless_aurora.settings.database.capacity import Provisioned, Serverless
from keyless_aurora.settings.database.connections import connection_problems
from keyless_aurora.settings.database.engine import engine_problems
from keyless_aurora.settings.database.existing import ExistingDatabase, existing_problems
from keyless_aurora.settings.database.instance import InstanceSettings, instance_problems
from keyless_aurora.settings.database.protection import Protection

__all__ = [
    "AuroraSettings",
    "DatabaseSettings",
    "ExistingDatabase",
    "InstanceSettings",
    "License",
    "Protection",
    "Provisioned",
    "SecretInstanceSettings",
    "Serverless",
    "database_problems",
]

DatabaseSettings = AuroraSettings | InstanceSettings | ExistingDatabase | SecretInstanceSettings


def database_problems(settings: DatabaseSettings, *, region: str, through_proxy: bool) -> Iterator[str]:
    """A sentence for each value that RDS would refuse, or that could never mean anything."""
    if isinstance(settings, SecretInstanceSettings):
        yield from secret_instance_problems(settings)
        return
    yield from engine_problems(settings.engine)
    yield from connection_problems(settings)
    match settings:
        case AuroraSettings():
            yield from aurora_problems(settings, through_proxy=through_proxy)
        case InstanceSettings():
            yield from instance_problems(settings)
        case ExistingDatabase():
            yield from existing_problems(settings, region)
