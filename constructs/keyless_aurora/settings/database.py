"""What differs between the databases of environments. Every value has its unit in its name or docstring."""

from dataclasses import dataclass

import aws_cdk as cdk

from keyless_aurora.engines.matrix import AURORA_POSTGRESQL, POSTGRESQL, Engine


@dataclass(frozen=True)
class Care:
    """How a database is kept, watched and kept from harm."""

    backup_days: int
    deletion_protection: bool
    removal_policy: cdk.RemovalPolicy
    backup_window: str = "01:00-02:00"
    """UTC, daily."""
    maintenance_window: str = "sun:03:00-sun:04:00"
    """UTC, weekly; minor versions are installed in it."""
    minor_upgrades: bool = True
    monitoring_seconds: int = 60
    """Enhanced Monitoring: 1, 5, 10, 15, 30 or 60; 0 is none, for a disposable database."""
    advanced_insights: bool = False
    """Database Insights' Advanced mode, which keeps 15 months and is billed; Standard keeps a week."""
    audit: bool = False
    """pgaudit: who changed roles and definitions, in the PostgreSQL log (docs/infrastructure.md says what it needs)."""

    @property
    def disposable(self) -> bool:
        """The data may be lost with its stack, so that less care is allowed."""
        return self.removal_policy == cdk.RemovalPolicy.DESTROY


@dataclass(frozen=True)
class Serverless:
    """Aurora Serverless v2, in Aurora capacity units of about 2 GiB of memory. A minimum of 0 pauses it, which a proxy
    prevents."""

    min_acu: float
    max_acu: float


@dataclass(frozen=True)
class Provisioned:
    """Instances of one class, such as `r8g.large`."""

    instance_class: str


@dataclass(frozen=True)
class AuroraSettings:
    """An Aurora PostgreSQL cluster that this app makes."""

    care: Care
    capacity: Serverless | Provisioned
    readers: int = 1
    """Up to 15; without one, a failover is a new instance, which takes minutes."""
    initial_database: str = "app"
    """The database that it is created with, which the spec must declare. Another name would replace it."""
    max_connections: int | None = None
    """None: what AWS derives from the memory."""

    engine: Engine = AURORA_POSTGRESQL


@dataclass(frozen=True)
class InstanceSettings:
    """An RDS for PostgreSQL instance that this app makes."""

    care: Care
    capacity: Provisioned
    storage_gib: int
    max_storage_gib: int
    """Storage grows by itself up to here."""
    multi_az: bool = True
    """A standby in another zone. Only a disposable database may be without."""
    initial_database: str = "app"
    """The database that it is created with, which the spec must declare. Another name would replace it."""
    max_connections: int | None = None
    """None: what AWS derives from the memory."""

    engine: Engine = POSTGRESQL


@dataclass(frozen=True)
class ExistingDatabase:
    """A cluster or instance that exists already: only proxy, access and workloads are added. Nothing is looked up.

    It must have IAM authentication on, and `master` must log in with IAM (docs/existing.md has the commands).
    """

    engine: Engine
    identifier: str
    """DBClusterIdentifier or DBInstanceIdentifier."""
    resource_id: str
    """`cluster-…` (DbClusterResourceId) or `db-…` (DbiResourceId)."""
    endpoint: str
    """The writer's own host name: no alias, because tokens are signed for it."""
    security_group_id: str
    master: str
    """A role with CREATEROLE, CREATEDB and membership in rds_iam, which owns the spec's databases or may create
    them."""
    max_connections: int
    """`SHOW max_connections`: the connection budget must fit into it."""
    port: int = 5432
    exports_iam_errors: bool = False
    """Its log iam-db-auth-error is exported to CloudWatch and has its log group already, so that refused logins can
    raise an alarm."""

    @property
    def is_cluster(self) -> bool:
        return self.resource_id.startswith("cluster-")


DatabaseSettings = AuroraSettings | InstanceSettings | ExistingDatabase


@dataclass(frozen=True)
class ProxySettings:
    """How the proxy pools."""

    max_connections_percent: int = 90
    """Of the database's max_connections."""
    max_idle_connections_percent: int = 50
    borrow_timeout_seconds: int = 10
    """How long a client waits for a connection from the pool: less than its function's timeout, or it never learns
    why."""
    idle_client_timeout_seconds: int = 1800
    reader_endpoint: bool = False
    """An endpoint for Aurora's readers, beside the writer's."""
