"""What is watched of the database and of the proxy in front of it."""

from collections.abc import Iterator

from aws_cdk import aws_cloudwatch as cloudwatch

from keyless_aurora.budget.connections import POOL, Budget
from keyless_aurora.engines.family import Family
from keyless_aurora.monitoring.alarms import Missing, Watched
from keyless_aurora.monitoring.metrics import BYTES_PER_GIB, MICROSECONDS_PER_MS, DatabaseMetrics, ProxyMetrics
from keyless_aurora.settings.database import AuroraSettings, DatabaseSettings, Serverless
from keyless_aurora.settings.monitoring import MonitoringSettings

_QUARTER_HOUR = 3
"""Periods of five minutes."""
_SESSIONS = {
    Family.POSTGRESQL: "pg_stat_activity by usename",
    Family.MYSQL: "performance_schema.processlist, or information_schema's, by USER",
    Family.SQLSERVER: "sys.dm_exec_sessions by login_name",
    Family.ORACLE: "v$session by username",
    Family.DB2: "SYSIBMADM.APPLICATIONS by AUTHID",
}
_GROWS = {
    Family.POSTGRESQL: "a replication slot keeps the log for ever",
    Family.MYSQL: "a long retention keeps the binary log",
    Family.SQLSERVER: "a transaction log that isn't cut, tempdb",
    Family.ORACLE: "a long retention keeps archived redo logs, or trace files",
    Family.DB2: "a long transaction keeps the log",
}
_IAM_USER = {Family.POSTGRESQL: "in rds_iam", Family.MYSQL: "with AWSAuthenticationPlugin"}


def of_database(
    metrics: DatabaseMetrics, database: DatabaseSettings, settings: MonitoringSettings, budget: Budget
) -> Iterator[Watched]:
    family = database.engine.family
    yield Watched(
        "Connections",
        metrics.writer("DatabaseConnections", "Maximum"),
        budget.sessions * settings.connections_percent / 100,
        f"The database has {settings.connections_percent} % of the {budget.sessions:,} connections open that its "
        "budget has at most.",
        f"See who holds them ({_SESSIONS[family]}): somebody whom the budget doesn't know, or a capacity "
        "that is too small.",
        missing=Missing.MISSING,
    )
    if not metrics.is_cluster:
        yield Watched(
            "FreeStorage",
            metrics.writer("FreeStorageSpace", "Minimum"),
            settings.free_storage_gib * BYTES_PER_GIB,
            f"The instance has less than {settings.free_storage_gib:g} GiB of storage left; without any it stops.",
            f"Raise max_storage_gib, or find what grows ({_GROWS[family]}).",
            below=True,
            missing=Missing.MISSING,
        )
    if settings.load:
        yield from _load(metrics, database, settings)


def _load(metrics: DatabaseMetrics, database: DatabaseSettings, settings: MonitoringSettings) -> Iterator[Watched]:
    yield Watched(
        "Cpu",
        metrics.writer("CPUUtilization", "Average"),
        settings.cpu_percent,
        f"The writer's CPU has been at {settings.cpu_percent} % for a quarter of an hour.",
        "Database Insights shows the statements; IAM logins cost CPU too, so look for functions that connect "
        "anew each time."
        if database.engine.family.converged
        else "See its longest statements, and look for functions that connect anew each time.",
        _QUARTER_HOUR,
        missing=Missing.MISSING,
    )
    if isinstance(database, AuroraSettings) and isinstance(database.capacity, Serverless):
        yield Watched(
            "Capacity",
            metrics.whole("ACUUtilization", "Maximum"),
            settings.acu_percent,
            f"The cluster has been at {settings.acu_percent} % of its {database.capacity.max_acu:g} ACU for a quarter "
            "of an hour.",
            "Raise max_acu, which also raises max_connections, or find the load in Database Insights.",
            _QUARTER_HOUR,
            missing=Missing.MISSING,
        )
    if isinstance(database, AuroraSettings) and database.readers:
        yield Watched(
            "ReplicaLag",
            metrics.readers("AuroraReplicaLag", "Maximum"),
            settings.replica_lag_ms,
            f"A reader has been {settings.replica_lag_ms:,} ms behind the writer for a quarter of an hour; reads there "
            "are stale.",
            "Look for long transactions on the reader, or a reader that is smaller than the writer.",
            _QUARTER_HOUR,
            missing=Missing.MISSING,
        )


def of_proxy(metrics: ProxyMetrics, family: Family, settings: MonitoringSettings, budget: Budget) -> Iterator[Watched]:
    yield Watched(
        "ProxyLogins",
        metrics.count("ClientConnectionsSetupFailedAuth"),
        settings.login_failures,
        f"The proxy refused {settings.login_failures} logins in five minutes: a token for another user, no "
        "rds-db:connect, or no TLS.",
        "Its log in /aws/rds/proxy says as whom; no function of this app should be refused, so find out who tries.",
    )
    yield Watched(
        "ProxyToDatabase",
        metrics.count("DatabaseConnectionsSetupFailed"),
        settings.login_failures,
        f"The proxy failed {settings.login_failures} times in five minutes to connect to the database.",
        f"After a failover it ends by itself. Else: is the user in the database, {_IAM_USER[family]}, and in the "
        "policy of the proxy's role?",
    )
    if settings.load:
        yield from _pooling(metrics, settings, budget)


def _pooling(metrics: ProxyMetrics, settings: MonitoringSettings, budget: Budget) -> Iterator[Watched]:
    yield Watched(
        "Pinning",
        metrics.now("DatabaseConnectionsCurrentlySessionPinned"),
        max(1, pooled(budget) * settings.pinned_percent // 100),
        f"Sessions pin {settings.pinned_percent} % of the proxy's {pooled(budget):,} connections, which nobody else "
        "can use meanwhile.",
        'The proxy\'s log says why ("The client session was pinned"): SET, prepared statements, temporary '
        "tables, advisory locks.",
        5,
    )
    yield Watched(
        "BorrowLatency",
        metrics.latency("DatabaseConnectionsBorrowLatency"),
        settings.borrow_latency_ms * MICROSECONDS_PER_MS,
        f"Clients have waited {settings.borrow_latency_ms} ms on average for a connection from the pool for a quarter "
        "of an hour.",
        "Compare DatabaseConnections with MaxDatabaseConnectionsAllowed: a full pool wants shorter transactions "
        "or a larger budget.",
        _QUARTER_HOUR,
    )


def pooled(budget: Budget) -> int:
    """What the proxy opens at most: its pool, or what the connection limits of its users leave of it."""
    return sum(line.connections for line in budget.lines if line.what == POOL)


def of_login_log(metric: cloudwatch.Metric, settings: MonitoringSettings) -> Watched:
    return Watched(
        "IamLogins",
        metric,
        settings.login_failures,
        f"The database refused {settings.login_failures} IAM logins in five minutes.",
        "Its log iam-db-auth-error names user, role and cause: an expired token, no rds-db:connect, throttling "
        "above 200 logins a second.",
    )
