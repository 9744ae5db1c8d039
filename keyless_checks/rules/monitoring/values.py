"""Alarms that CloudWatch takes and that can go off."""

from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.monitoring.alarms import ALARM

_HOUR, _DAY, _WEEK = 3_600, 86_400, 604_800
_HIGH, _LOW = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
_MEASURES: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("ACUUtilization", "AuroraReplicaLag", "DatabaseConnections"), (("Maximum", _HIGH),)),
    "CPUUtilization": (("Average", _HIGH), ("SampleCount", _LOW)),
    "DatabaseConnectionsBorrowLatency": (("Average", _HIGH),),
    "GroupInServiceInstances": (("Minimum", _LOW),),
    "FreeStorageSpace": (("Minimum", _LOW),),
    "UnHealthyHostCount": (("Maximum", _HIGH),),
    "Drift": (("Maximum", _HIGH), ("SampleCount", _LOW)),
}
"""With which statistic a value is compared, and how; a count is a sum."""
_COUNT = (("Sum", _HIGH),)
_MISSING = ("breaching", "missing", "notBreaching")


def periods(templates: Templates) -> Iterator[Finding]:
    """An alarm's periods are minutes, for a day at most, or hours for a week (CloudWatch API, PutMetricAlarm)."""
    for alarm in templates.all(ALARM):
        period, count = alarm.props.get("Period", 0), alarm.props.get("EvaluationPeriods", 0)
        longest = _DAY if period < _HOUR else _WEEK
        if period < 60 or period % 60 or count < 1 or period * count > longest:
            yield Finding(
                alarm.path, f"{count} periods of {period} s; allowed: of 60 s or a multiple, {longest} s in all"
            )


def comparisons(templates: Templates) -> Iterator[Finding]:
    """An alarm compares the statistic that its metric has, with a value that it can reach."""
    for alarm in templates.all(ALARM):
        yield from (Finding(alarm.path, problem) for problem in _comparison_problems(alarm.props))


def _comparison_problems(props: dict[str, Any]) -> Iterator[str]:
    metric, threshold = str(props.get("MetricName")), props.get("Threshold", 0)
    allowed = _MEASURES.get(metric, _COUNT)
    if (props.get("Statistic"), props.get("ComparisonOperator")) not in allowed:
        yield f"{metric}: {props.get('Statistic')} {props.get('ComparisonOperator')}; allowed: {allowed}"
    if threshold <= 0 or (metric.endswith("Utilization") and threshold > 100):
        yield f"{metric} never reaches {threshold}, or always"
    if props.get("TreatMissingData") not in _MISSING:
        yield f"TreatMissingData is {props.get('TreatMissingData')}; allowed: {', '.join(_MISSING)}"


RULES: tuple[Rule, ...] = (periods, comparisons)
