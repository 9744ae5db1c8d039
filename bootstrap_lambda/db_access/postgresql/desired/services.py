"""Logins of RDS's own that come in by PUBLIC's CONNECT, and must have it themselves where PUBLIC is locked.

RDS Proxy makes `rdsproxyadmin` when a target is registered, and watches the database by it; without a way in the proxy
"can become completely unavailable". After REVOKE CONNECT … FROM PUBLIC AWS has GRANT CONNECT … TO rdsproxyadmin
(AuroraUserGuide, rds-proxy-new-db-user). Of RDS's other logins none is documented to need it: docs/access-spec.md.
"""

from typing import Final

from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.state import Desired

SERVICES: Final = ("rdsproxyadmin",)


def services(desired: Desired) -> tuple[str, ...]:
    """Who must be able to connect, if it exists; nobody where PUBLIC isn't locked out of the database."""
    locked = any(found.kind is Kind.DATABASE and PUBLIC in found.acl for found in desired.objects)
    return SERVICES if locked else ()
