"""Alarms and notices of an environment. Every value has its unit in its name or docstring."""

from collections.abc import Iterator

from keyless_aurora.settings.allowed import distinct, written_as
from keyless_aurora.settings.checked import settings

_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)
_PERCENT = range(1, 101)
_USER = r"[A-Za-z0-9_.@-]{1,63}"
_ADDRESS = (
    r"(?=.{3,254}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))+"
)
"""Plain ones (RFC 5322, dot-atom, at a host name of two labels at least); lengths from RFC 5321, 4.5.3.1."""

_BUS = r"arn:aws:events:[a-z]{2}(-[a-z]+)+-\d:\d{12}:event-bus/(?!default$)[A-Za-z0-9._-]{1,256}"
"""Its default bus gets everything that happens in an account, and this one's would be handed on to itself for ever."""


@settings
class MonitoringSettings:
    """Thresholds are what raises an alarm: reached or passed."""

    emails: tuple[str, ...] = ()
    """Who gets a mail for each alarm and finding. Each must confirm the subscription that SNS sends first."""
    findings_bus: str | None = None
    """ARN of an event bus, of another account or region, which gets what the drift watch says of each run."""
    watch_hours: int = 1
    """How often the drift watch looks."""
    watch_user: str = "drift_watch"
    """As whom: a user of the access spec that may connect to every database, and do nothing else."""
    load: bool = True
    """Alarms on load too: CPU, capacity, latency, pinning, lag. False leaves those on access and on failures."""
    login_failures: int = 5
    """Refused logins in five minutes, at the proxy or at the database."""
    connections_percent: int = 80
    """Of what the connection budget has open at most."""
    cpu_percent: int = 80
    acu_percent: int = 95
    """Of the maximum capacity."""
    replica_lag_ms: int = 1000
    free_storage_gib: float = 1
    """Of an instance. Storage that may grow does so when less than a tenth is free, so this is reached at its limit
    only."""
    pinned_percent: int = 20
    """Of the proxy's pool."""
    borrow_latency_ms: int = 100
    """How long a client waits for a connection from the pool, on average."""


def monitoring_problems(settings: MonitoringSettings) -> Iterator[str]:
    """A sentence for each value that can't be kept."""
    if settings.watch_hours not in _HOURS:
        yield (
            f"monitoring.watch_hours: {settings.watch_hours} doesn't divide the day; allowed: "
            f"{', '.join(map(str, _HOURS))}"
        )
    yield from written_as("monitoring.watch_user", settings.watch_user, _USER, "a user of the access spec")
    for name in ("connections_percent", "cpu_percent", "acu_percent", "pinned_percent"):
        if (value := getattr(settings, name)) not in _PERCENT:
            yield f"monitoring.{name}: {value} is out of range; allowed: 1 to 100"
    for name in ("login_failures", "replica_lag_ms", "free_storage_gib", "borrow_latency_ms"):
        if (value := getattr(settings, name)) <= 0:
            yield f"monitoring.{name}: {value:g} would raise its alarm for ever; allowed: more than 0"
    if settings.findings_bus is not None:
        form = "the ARN of an event bus, arn:aws:events:REGION:ACCOUNT:event-bus/NAME, and not of a default one"
        yield from written_as("monitoring.findings_bus", settings.findings_bus, _BUS, form)
    yield from distinct("monitoring.emails", settings.emails)
    for address in dict.fromkeys(settings.emails):
        yield from written_as("monitoring.emails", address, _ADDRESS, "a valid address, such as team@example.com")
