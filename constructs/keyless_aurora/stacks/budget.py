"""The connection budget of one environment: what its settings, its functions and the access spec come to."""

from collections.abc import Sequence

from db_access.spec import AccessSpec
from keyless_aurora.access.client_access import Granted
from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.budget import rules
from keyless_aurora.budget.connections import Budget, Maintenance, Workload, limits_of
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.database.connections import capacity_of
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError


def budget_of(
    environment: Environment, spec: AccessSpec, granted: Sequence[Granted], engine: Sequence[EngineFunction]
) -> Budget:
    """The budget, which fits.

    Raises:
        SettingsError: with the whole sum, when it doesn't.
    """
    percent = environment.proxy.max_connections_percent if environment.through_proxy else None
    workloads = [
        Workload(
            g.principal.scope.node.id, g.user, g.pattern.through_proxy, g.principal.held.most, g.principal.held.why
        )
        for g in granted
    ]
    maintenance = [
        Maintenance(one.node.id, "the user whose secret it is" if one.as_each else one.user, one.sessions)
        for one in engine
    ]
    found = Budget(capacity_of(environment.database), percent, tuple(workloads), limits_of(spec), tuple(maintenance))
    if problems := rules.problems(found):
        raise SettingsError(environment.name, problems, at=made_at(environment))
    return found
