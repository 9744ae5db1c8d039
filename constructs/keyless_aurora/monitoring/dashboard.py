"""One page that shows who uses the connections, whether logins work, and whether access is as the spec says."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from keyless_aurora.budget.connections import Budget
from keyless_aurora.monitoring.access_alarms import DRIFT
from keyless_aurora.monitoring.database_alarms import pooled
from keyless_aurora.monitoring.metrics import IAM_LOGINS, DatabaseMetrics, ProxyMetrics, of_function, ours

_WIDTH = 8
"""Of 24: three graphs in a row."""
_LINES = (
    "fields @timestamp, database, drift, busy, summary",
    "filter ispresent(summary)",
    "sort @timestamp desc",
    "limit 20",
)


class Dashboard(Construct):
    """Graphs of the database, the proxy if there is one, the functions that log in as the master, and the watch's last
    lines."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        database: DatabaseMetrics,
        proxy: ProxyMetrics | None,
        budget: Budget,
        engine: Mapping[str, str],
        watch_log: str | None,
        namespace: str,
    ) -> None:
        """`engine`: its functions' names by what the graph calls them; `watch_log`: None where there is no engine."""
        super().__init__(scope, id)
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name, default_interval=Duration.days(1))
        dashboard.add_widgets(*_database(database, budget, iam=watch_log is not None))
        if proxy:
            dashboard.add_widgets(*_proxy(proxy, budget))
        if watch_log is None:
            return
        runs = [of_function(function, "Invocations").with_(label=f"{what} runs") for what, function in engine.items()]
        errors = [of_function(function, "Errors").with_(label=f"{what} errors") for what, function in engine.items()]
        drift = ours(namespace, DRIFT, "Maximum", Duration.hours(1)).with_(label="differences")
        dashboard.add_widgets(
            _graph("Bootstrap, rotation, drift watch", *runs, right=errors),
            _graph("Drift: differences from the access spec", drift),
            cloudwatch.LogQueryWidget(
                title="Drift watch: last runs",
                log_group_names=[watch_log],
                query_lines=list(_LINES),
                width=_WIDTH,
                height=6,
            ),
        )


def _database(metrics: DatabaseMetrics, budget: Budget, *, iam: bool) -> list[cloudwatch.IWidget]:
    limits = [_line(budget.sessions, "budget"), _line(budget.capacity.max_connections, "max_connections")]
    load = [metrics.writer("CPUUtilization", "Average")]
    if metrics.is_cluster:
        load += [metrics.whole("ACUUtilization", "Maximum"), metrics.whole("ServerlessDatabaseCapacity", "Average")]
    widgets = [
        _graph("Database: connections", metrics.writer("DatabaseConnections", "Maximum"), lines=limits),
        *([_graph("Database: IAM logins", *(metrics.whole(name, "Sum") for name in IAM_LOGINS))] if iam else []),
        _graph("Database: CPU and capacity", *load),
    ]
    if metrics.is_cluster:
        return [*widgets, _graph("Readers: lag (ms)", metrics.readers("AuroraReplicaLag", "Maximum"))]
    return [*widgets, _graph("Instance: free storage", metrics.writer("FreeStorageSpace", "Minimum"))]


def _proxy(metrics: ProxyMetrics, budget: Budget) -> list[cloudwatch.IWidget]:
    states = [f"DatabaseConnections{state}" for state in ("", "CurrentlyBorrowed", "CurrentlySessionPinned")]
    return [
        _graph(
            "Proxy: clients, and logins that it refused",
            metrics.now("ClientConnections"),
            right=[metrics.count("ClientConnectionsSetupFailedAuth")],
        ),
        _graph(
            "Proxy: connections, borrowed, pinned",
            *map(metrics.now, states),
            metrics.now("MaxDatabaseConnectionsAllowed"),
            lines=[_line(pooled(budget), "pool")],
        ),
        _graph("Proxy: waiting for a connection (µs)", metrics.latency("DatabaseConnectionsBorrowLatency")),
    ]


def _graph(
    title: str,
    *left: cloudwatch.IMetric,
    right: list[cloudwatch.Metric] | None = None,
    lines: list[cloudwatch.HorizontalAnnotation] | None = None,
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title, left=list(left), right=list(right or []), left_annotations=lines or [], width=_WIDTH
    )


def _line(value: int, label: str) -> cloudwatch.HorizontalAnnotation:
    return cloudwatch.HorizontalAnnotation(value=value, label=f"{label} {value:,}")
