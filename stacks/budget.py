"""The connection budget of one environment: what its settings, its functions and the access spec come to."""

from collections.abc import Sequence

from db_access.spec import AccessSpec
from keyless_aurora import budget_rules, capacity
from keyless_aurora.capacity import Capacity, CapacityError
from keyless_aurora.client_access import Granted
from keyless_aurora.connection_budget import Budget, Maintenance, Workload, limits_of
from keyless_aurora.database_access import MasterFunction
from keyless_aurora.database_settings import AuroraSettings, DatabaseSettings, ExistingDatabase, InstanceSettings, Provisioned, Serverless
from keyless_aurora.settings_error import SettingsError
from stacks.environments import Environment


def budget_of(environment: Environment, spec: AccessSpec, granted: Sequence[Granted], masters: Sequence[MasterFunction]) -> Budget:
    """The budget, which fits.

    Raises:
        SettingsError: with the whole sum, when it doesn't.
    """
    proxy = environment.proxy if any(pattern.through_proxy for pattern in environment.patterns.values()) else None
    workloads = [Workload(g.function.node.id, g.user, g.pattern.through_proxy, g.function.max_concurrency, g.function.timeout_seconds)
                 for g in granted]
    maintenance = [Maintenance(master.node.id, master.max_concurrency or 1) for master in masters]
    try:
        found = Budget(_capacity(environment.database), proxy, tuple(workloads), limits_of(spec), tuple(maintenance))
    except CapacityError as error:
        raise SettingsError(environment.name, [f"database: {error}"]) from error
    if problems := budget_rules.problems(found):
        raise SettingsError(environment.name, problems)
    return found


def _capacity(settings: DatabaseSettings) -> Capacity:
    match settings:
        case AuroraSettings(capacity=Serverless() as size):
            return capacity.serverless(size.min_acu, size.max_acu, max_connections=settings.max_connections)
        case AuroraSettings(capacity=Provisioned() as size) | InstanceSettings(capacity=size):
            return capacity.provisioned(size.instance_class, settings.engine, max_connections=settings.max_connections)
        case ExistingDatabase():
            return capacity.existing(settings.max_connections)
    raise AssertionError(settings)
