"""RDS's windows: `hh:mm-hh:mm` each day and `ddd:hh:mm-ddd:hh:mm` each week, UTC; at least half an hour, and apart from
each other.

Source: CreateDBCluster, PreferredBackupWindow and PreferredMaintenanceWindow.
"""

import re
from collections.abc import Iterator

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY, _SHORTEST = 24 * 60, 30
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(f"{_TIME}-{_TIME}")
_WEEKLY = re.compile(f"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")


def window_problems(place: str, backup: str, maintenance: str) -> Iterator[str]:
    """`place`: whose settings these are."""
    daily, weekly = _daily(backup), _weekly(maintenance)
    if daily is None:
        yield (
            f"{place}.backup_window: {backup!r} is not a valid daily window; allowed: hh:mm-hh:mm in UTC, at least 30 "
            "minutes, such as 01:00-02:00"
        )
    if weekly is None:
        yield (
            f"{place}.maintenance_window: {maintenance!r} is not a valid weekly window; allowed: ddd:hh:mm-ddd:hh:mm "
            "in UTC, at least 30 minutes and less than a day, such as sun:03:00-sun:04:00"
        )
    if daily and weekly and _meet(daily, weekly):
        yield (
            f"{place}.maintenance_window: {maintenance} meets backup_window {backup}; allowed: windows without a "
            "minute in common"
        )


def _daily(text: str) -> tuple[int, int] | None:
    """Its first minute of the day, and how long it is."""
    if not (found := _DAILY.fullmatch(text)):
        return None
    start, end = (60 * int(found[n]) + int(found[n + 1]) for n in (1, 3))
    length = (end - start) % _DAY
    return (start, length) if length >= _SHORTEST else None


def _weekly(text: str) -> tuple[int, int] | None:
    """Its first minute of the week, and how long it is."""
    if not (found := _WEEKLY.fullmatch(text.lower())):
        return None
    start, end = (_DAY * _DAYS.index(found[n]) + 60 * int(found[n + 1]) + int(found[n + 2]) for n in (1, 4))
    length = (end - start) % (7 * _DAY)
    return (start, length) if _SHORTEST <= length < _DAY else None


def _meet(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    (start, length), (begin, lasts) = daily, weekly
    return (start - begin) % _DAY < lasts or (begin - start) % _DAY < length
