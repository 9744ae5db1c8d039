"""How a database is kept, watched and protected from loss."""

from collections.abc import Iterator

import aws_cdk as cdk

from keyless_aurora.settings.allowed import one_of, within
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database.windows import window_problems

_MONITORING = (0, 1, 5, 10, 15, 30, 60)


@settings
class Protection:
    """Backups, deletion, maintenance and monitoring of a database that this app makes."""

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
    """Who changed users, rights and definitions, by pgaudit in the PostgreSQL log, or by the audit plugin of the MySQL
    family in a log of its own, which has logins, too (docs/infrastructure.md says what it needs)."""

    @property
    def disposable(self) -> bool:
        """The data may be lost with its stack, so that less protection is allowed."""
        return self.removal_policy == cdk.RemovalPolicy.DESTROY


def protection_problems(settings: Protection) -> Iterator[str]:
    place = "database.protection"
    yield from within(f"{place}.backup_days", settings.backup_days, 1, 35)
    yield from one_of(f"{place}.monitoring_seconds", settings.monitoring_seconds, _MONITORING)
    yield from window_problems(place, settings.backup_window, settings.maintenance_window)
    if not settings.monitoring_seconds and not settings.disposable:
        yield (
            f"{place}.monitoring_seconds: 0 leaves a database unwatched whose data is kept; allowed: "
            f"{', '.join(map(str, _MONITORING[1:]))}, or 0 with removal_policy DESTROY"
        )
    if settings.deletion_protection and settings.disposable:
        yield (
            f"{place}.removal_policy: DESTROY loses the data that deletion_protection keeps; allowed: SNAPSHOT, "
            "RETAIN, or no deletion_protection"
        )
