"""When RDS backs up and maintains a database, and how closely it is observed: what RDS refuses at deploy only."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.engines import ENGINES
from keyless_checks.reading.databases import INSTANCE, databases
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_BACKUP = re.compile(rf"{_TIME}-{_TIME}")
_MAINTENANCE = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")
_DAY, _WEEK, _SHORTEST = 24 * 60, 7 * 24 * 60, 30
_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_RETENTIONS = (7, *(31 * month for month in range(1, 24)), 731)
_ADVANCED_DAYS = 465


def windows(templates: Templates) -> Iterator[Finding]:
    """Backup and maintenance have windows of half an hour or more, which don't overlap (RDS API, CreateDBCluster)."""
    for database in databases(templates):
        backup = _minutes_of_day(database.props.get("PreferredBackupWindow"))
        maintenance = _minutes_of_week(database.props.get("PreferredMaintenanceWindow"))
        if backup is None:
            yield Finding(
                database.path, "PreferredBackupWindow is not valid; allowed: 02:00-03:00, half an hour or more"
            )
        if maintenance is None:
            yield Finding(
                database.path,
                "PreferredMaintenanceWindow is not valid; allowed: sun:03:00-sun:04:00, half an hour to a day",
            )
        if backup and maintenance and {minute % _DAY for minute in maintenance} & set(backup):
            yield Finding(database.path, "its backup and its maintenance overlap")


def _minutes_of_day(window: object) -> list[int] | None:
    match = _BACKUP.fullmatch(str(window))
    if match is None:
        return None
    start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    return _within(start, end, _DAY)


def _minutes_of_week(window: object) -> list[int] | None:
    match = _MAINTENANCE.fullmatch(str(window))
    if match is None:
        return None
    start, end = (_DAYS.index(match[i]) * _DAY + int(match[i + 1]) * 60 + int(match[i + 2]) for i in (1, 4))
    return _within(start, end, _WEEK)


def _within(start: int, end: int, whole: int) -> list[int] | None:
    """The minutes between; None when they are fewer than half an hour or more than a day."""
    length = (end - start) % whole
    return [(start + minute) % whole for minute in range(length)] if _SHORTEST <= length <= _DAY else None


def observed(templates: Templates) -> Iterator[Finding]:
    """Enhanced Monitoring has an interval that RDS takes, and a role when it is on; Performance Insights is on where
    the engine has it, kept for a time that RDS offers and the Advanced mode takes, with a key of the stacks."""
    for database in databases(templates):
        yield from (Finding(database.path, problem) for problem in _observation_problems(database.props))
    for resource in filter(_has_insights, [*databases(templates), *templates.all(INSTANCE)]):
        names = ("PerformanceInsightsKmsKeyId", "PerformanceInsightsKMSKeyId")
        key = next((resource.props[name] for name in names if name in resource.props), None)
        target = templates.target(resource.stack, key)
        if target is None or target.type != "AWS::KMS::Key":
            yield Finding(resource.path, "what Performance Insights keeps is not encrypted with a key of the stacks")


def _has_insights(resource: Resource) -> bool:
    facts = ENGINES.get(str(resource.props.get("Engine")))
    return facts is None or facts.insights


def _observation_problems(props: dict[str, Any]) -> Iterator[str]:
    interval, mode = props.get("MonitoringInterval", 0), props.get("DatabaseInsightsMode")
    if interval not in _INTERVALS or bool(interval) != ("MonitoringRoleArn" in props):
        yield f"MonitoringInterval is {interval}; allowed: {', '.join(map(str, _INTERVALS))}, with a role if not 0"
    facts = ENGINES.get(str(props.get("Engine")))
    if facts is not None and not facts.insights:
        yield from (f"{facts.id} has no {name}" for name in sorted(props) if "Insights" in name)
        return
    on = props.get("PerformanceInsightsEnabled") is True or props.get("EnablePerformanceInsights") is True
    days = props.get("PerformanceInsightsRetentionPeriod")
    if mode not in ("standard", "advanced"):
        yield f"DatabaseInsightsMode is {mode}; allowed: standard, advanced"
    if not on or days not in _RETENTIONS:
        yield f"Performance Insights is off, or kept for {days} days; allowed: 7, 731, or 31 for each of 1 to 23 months"
    elif mode == "advanced" and days < _ADVANCED_DAYS:
        yield f"advanced Database Insights with {days} days; allowed: {_ADVANCED_DAYS} or more"


RULES: tuple[Rule, ...] = (windows, observed)
