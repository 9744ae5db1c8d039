"""RDS Proxy: how it pools."""

from collections.abc import Iterator

from keyless_aurora.settings.allowed import within
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database import AuroraSettings, DatabaseSettings, ExistingDatabase

_LONGEST_BORROW, _LONGEST_IDLE = 300, 28_800
"""AWS::RDS::DBProxyTargetGroup, ConnectionBorrowTimeout; AWS::RDS::DBProxy, IdleClientTimeout; seconds."""


@settings
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


def proxy_problems(settings: ProxySettings, database: DatabaseSettings, *, through_proxy: bool) -> Iterator[str]:
    """A sentence for each value that can't be kept. `through_proxy`: whether a pattern in use has a proxy made."""
    percent, idle = settings.max_connections_percent, settings.max_idle_connections_percent
    yield from within("proxy.max_connections_percent", percent, 1, 100)
    yield from within("proxy.max_idle_connections_percent", idle, 0, percent if 1 <= percent <= 100 else 100)
    yield from within("proxy.borrow_timeout_seconds", settings.borrow_timeout_seconds, 0, _LONGEST_BORROW, " s")
    yield from within("proxy.idle_client_timeout_seconds", settings.idle_client_timeout_seconds, 1, _LONGEST_IDLE, " s")
    if settings.reader_endpoint:
        yield from _reader(database, through_proxy)


def _reader(database: DatabaseSettings, through_proxy: bool) -> Iterator[str]:
    place = "proxy.reader_endpoint"
    if not through_proxy:
        yield f"{place}: no pattern in use goes through RDS Proxy; allowed: False, or pattern A or B"
    match database:
        case AuroraSettings(readers=0):
            yield f"{place}: the cluster has no readers; allowed: False, or database.readers of 1 or more"
        case AuroraSettings() | ExistingDatabase(is_cluster=True):
            return
        case _:
            yield f"{place}: {database.engine.label} has no readers behind RDS Proxy, only Aurora has; allowed: False"
