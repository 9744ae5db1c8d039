"""What RDS would refuse of a database's settings, or what they could never mean: found before anything is made."""

from collections.abc import Iterator

from keyless_aurora.engines.capacity import CapacityError
from keyless_aurora.settings.allowed import one_of, within, written_as
from keyless_aurora.settings.capacity import capacity_of
from keyless_aurora.settings.database import (
    AuroraSettings,
    Care,
    DatabaseSettings,
    ExistingDatabase,
    InstanceSettings,
    Provisioned,
    Serverless,
)
from keyless_aurora.settings.existing_problems import existing_problems
from keyless_aurora.settings.windows import window_problems

_MOST_READERS, _MOST_ACU, _STEP = 15, 256, 0.5
_STORAGE_GIB, _GROWTH_PERCENT = (20, 65_536), 10
"""Of gp3 (UserGuide/CHAP_Storage); "Managing capacity automatically with Amazon RDS storage autoscaling" has the
growth."""
_MONITORING = (0, 1, 5, 10, 15, 30, 60)


def database_problems(settings: DatabaseSettings, *, region: str, through_proxy: bool) -> Iterator[str]:
    """A sentence for each value that can't be kept."""
    yield from _connections(settings)
    match settings:
        case AuroraSettings(care=care, capacity=size):
            yield from _care(care)
            yield from _size(size, through_proxy)
            yield from within("database.readers", settings.readers, 0, _MOST_READERS)
        case InstanceSettings(care=care, capacity=size):
            yield from _care(care)
            yield from _size(size, through_proxy)
            yield from _instance(settings)
        case ExistingDatabase():
            yield from existing_problems(settings, region)


def _connections(settings: DatabaseSettings) -> Iterator[str]:
    try:
        capacity_of(settings)
    except CapacityError as error:
        yield f"database.{'' if str(error).startswith('max_connections') else 'capacity.'}{error}"


def _care(care: Care) -> Iterator[str]:
    place = "database.care"
    yield from within(f"{place}.backup_days", care.backup_days, 1, 35)
    yield from one_of(f"{place}.monitoring_seconds", care.monitoring_seconds, _MONITORING)
    yield from window_problems(place, care.backup_window, care.maintenance_window)
    if not care.monitoring_seconds and not care.disposable:
        yield (
            f"{place}.monitoring_seconds: 0 leaves a database unwatched whose data is kept; allowed: "
            f"{', '.join(map(str, _MONITORING[1:]))}, or 0 with removal_policy DESTROY"
        )
    if care.deletion_protection and care.disposable:
        yield (
            f"{place}.removal_policy: DESTROY loses the data that deletion_protection keeps; allowed: SNAPSHOT, "
            f"RETAIN, or no "
            "deletion_protection"
        )


def _size(size: Serverless | Provisioned, through_proxy: bool) -> Iterator[str]:
    place = "database.capacity"
    match size:
        case Serverless(min_acu=low, max_acu=high):
            yield from _acu(f"{place}.min_acu", low, least=0)
            if high >= 1:  # less is said by its capacity
                yield from _acu(f"{place}.max_acu", high, least=1)
            if low > high:
                yield f"{place}.min_acu: {low:g} is more than max_acu {high:g}; allowed: at most that"
            if low == 0 and through_proxy:
                yield (
                    f"{place}.min_acu: 0 is for a database that pauses, and RDS Proxy holds connections open that "
                    f"keep it awake; "
                    "allowed: at least 0.5, or pattern C for all"
                )
        case Provisioned(instance_class=name):
            if "." in name:  # else it is none, which its capacity says
                yield from written_as(
                    f"{place}.instance_class",
                    name,
                    r"(?!db\.)[a-z][a-z0-9-]*\.[a-z0-9]+",
                    "an instance class, without db. before it, such as r8g.large",
                )


def _acu(place: str, value: float, *, least: float) -> Iterator[str]:
    if not least <= value <= _MOST_ACU or value % _STEP:
        yield (
            f"{place}: {value:g} is no capacity of Aurora Serverless v2; allowed: {least:g} to {_MOST_ACU} in steps "
            f"of {_STEP:g}"
        )


def _instance(settings: InstanceSettings) -> Iterator[str]:
    size, most = settings.storage_gib, settings.max_storage_gib
    yield from within("database.storage_gib", size, *_STORAGE_GIB, " GiB")
    least = min(-(-size * (100 + _GROWTH_PERCENT) // 100), _STORAGE_GIB[1])
    yield from within("database.max_storage_gib", most, least, _STORAGE_GIB[1], " GiB")
    if not settings.multi_az and not settings.care.disposable:
        yield (
            "database.multi_az: False takes a database whose data is kept away with its zone; allowed: True, or "
            "False with "
            "removal_policy DESTROY"
        )
