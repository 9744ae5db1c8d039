"""A database that exists already, by its ids. Nothing is looked up, so a deploy would find a wrong one, late."""

import re
from collections.abc import Iterator

from db_access.spec import unnameable
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import Engine
from keyless_aurora.settings.allowed import an_id, within, written_as
from keyless_aurora.settings.checked import settings

_LONGEST_NAME = {Family.POSTGRESQL: 63, Family.MYSQL: 32}
"""Of a user, in bytes: PostgreSQL cuts longer ones, MySQL refuses them."""
_PORTS = 1150, 65535
"""CreateDBCluster, Port."""


@settings
class ExistingDatabase:
    """A cluster or instance that exists already: only proxy, access and workloads are added. Nothing is looked up.

    It must have IAM authentication on, and `master` must log in with IAM (docs/existing.md has the commands).
    """

    engine: Engine
    identifier: str
    """DBClusterIdentifier or DBInstanceIdentifier, as RDS shows it: CloudWatch's dimensions are case-sensitive."""
    resource_id: str
    """`cluster-…` (DbClusterResourceId) or `db-…` (DbiResourceId)."""
    endpoint: str
    """The writer's own host name: no alias, because tokens are signed for it."""
    security_group_id: str
    master: str
    """A role with CREATEROLE, CREATEDB and membership in rds_iam, which owns the spec's databases or may create them;
    of the MySQL family, a user with AWSAuthenticationPlugin and what the engine needs."""
    max_connections: int
    """`SHOW max_connections`, or `SELECT @@max_connections`: the connection budget must fit into it."""
    port: int | None = None
    """None: the engine's own."""
    exports_iam_errors: bool = False
    """Its log iam-db-auth-error is exported to CloudWatch and has its log group already, so that refused logins can
    raise an alarm."""

    @property
    def is_cluster(self) -> bool:
        return self.resource_id.startswith("cluster-")

    @property
    def listens_on(self) -> int:
        return self.engine.family.port if self.port is None else self.port


def existing_problems(there: ExistingDatabase, region: str) -> Iterator[str]:
    """A sentence for each id that is not valid, or of another engine or region."""
    if not there.engine.deployed:
        return  # which is a problem of its own; its ids may have another form
    aurora = there.engine.aurora
    kind, source = ("cluster", "DbClusterResourceId") if aurora else ("db", "DbiResourceId")
    yield from written_as(
        "database.identifier",
        there.identifier,
        r"(?=.{1,63}$)[a-z](-?[a-z0-9])*",
        "an identifier, of small letters, as RDS stores it, digits and single hyphens, at most 63",
    )
    yield from written_as(
        "database.resource_id",
        there.resource_id,
        f"{kind}-[A-Z0-9]+",
        f"a resource id of {there.engine.label}, {kind}- and capital letters and digits ({source})",
    )
    yield from _endpoint(there.endpoint, region, aurora)
    yield from an_id("database.security_group_id", there.security_group_id, "sg")
    yield from within("database.port", there.listens_on, *_PORTS)
    longest = _LONGEST_NAME[there.engine.family]
    if not 0 < (size := len(there.master.encode())) <= longest:
        yield f"database.master: it has {size} bytes; allowed: the name of the master user, of 1 to {longest}"
    elif problem := unnameable(there.master):
        yield f"database.master: {problem}"


def _endpoint(host: str, region: str, aurora: bool) -> Iterator[str]:
    """Tokens are signed for it and the certificate is for it, so an alias doesn't do; nor does Aurora's reader endpoint
    (`cluster-ro-`)."""
    account = "cluster-[a-z0-9]+" if aurora else "(?!cluster-|proxy-)[a-z0-9]+"
    if not re.fullmatch(rf"[a-z0-9-]+\.{account}\.{re.escape(region)}\.rds\.amazonaws\.com", host.lower()):
        yield (
            f"database.endpoint: {host!r} is not the writer's own host name in {region}; allowed: "
            f"NAME.{'cluster-' if aurora else ''}ID.{region}.rds.amazonaws.com"
        )
