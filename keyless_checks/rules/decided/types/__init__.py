"""What resources of each type may say."""

from keyless_checks.rules.decided.forms import Form
from keyless_checks.rules.decided.types import (
    alarms,
    calls,
    database,
    functions,
    groups,
    keys,
    monitoring,
    network,
    proxies,
    rights,
    yours,
)

TYPES: dict[str, Form] = {
    type_: form
    for part in (alarms, calls, database, functions, groups, keys, monitoring, network, proxies, rights)
    for type_, form in part.TYPES.items()
}
"""In the stacks that this project makes."""

YOURS = yours.TYPES
"""In your own stacks, and in the workload stack."""
