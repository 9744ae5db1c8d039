"""The end of memberships that were given for a while: a schedule has the bootstrap function look every minute.

What the event may say is nothing but the deployed spec: that what is over ends, by the database's clock, is all that it
can bring about. Without anything to end it takes no lock and writes nothing.
"""

import os
from collections.abc import Mapping
from typing import Any, Final

from db_access.family import Family
from db_access.patience import Patience
from db_access.spec import AccessSpec, transport
from db_access.spec.deployed import Deployed, ForeignEventError

EVENT: Final = "EndExpired"
"""What tells such an event from CloudFormation's: a field whose value says nothing."""
_CONNECT_SECONDS: Final = 30.0


def handle(event: Mapping[str, Any], family: Family) -> dict[str, Any]:
    """What has ended, and who had asked for it and why; also as a line of JSON in the log, when there is any.

    Args:
        event: `Database`, by which to go in, `Cluster`, and the deployed spec.

    Raises:
        ForeignEventError: when it is for another cluster, or another spec.
        AccessError: for what could not be ended, when the rest has been; where the family has no such memberships.
    """
    return family.end_expired(event, _spec(event), patience=Patience.told(os.environ, _CONNECT_SECONDS))


def _spec(event: Mapping[str, Any]) -> AccessSpec:
    own = os.environ["DB_CLUSTER_RESOURCE_ID"]
    if transport.field(event, "Cluster") != own:
        raise ForeignEventError(
            f"the event's `Cluster` is another than this function's, so nothing was done; allowed: {own}"
        )
    return AccessSpec.parse(transport.received(event, Deployed.read(os.environ)))
