"""Alarms as data: what is measured, from when on it is wrong, what it means, and what to do. All of them go to one
topic."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

Missing = cloudwatch.TreatMissingData
_MOST_CHARACTERS = 1024


@dataclass(frozen=True)
class Watched:
    """One alarm. `periods` in a row must be at or past the `threshold`."""

    id: str
    metric: cloudwatch.Metric
    threshold: float
    meaning: str
    action: str
    periods: int = 1
    below: bool = False
    """Whether less than the threshold is wrong."""
    missing: cloudwatch.TreatMissingData = Missing.NOT_BREACHING
    """NOT_BREACHING for what is only counted when it happens; MISSING for what is always measured; BREACHING where
    silence is wrong."""

    @property
    def description(self) -> str:
        text = f"{self.meaning} {self.action} (docs/monitoring.md)"
        if len(text) > _MOST_CHARACTERS:
            raise ValueError(
                f"the description of alarm {self.id} has {len(text)} characters; allowed: {_MOST_CHARACTERS}"
            )
        return text

    @property
    def comparison(self) -> cloudwatch.ComparisonOperator:
        if self.below:
            return cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
        return cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD


class Alarms(Construct):
    """An alarm for each of `watched`, named `{prefix}{id}`, that notifies `topic`."""

    def __init__(
        self, scope: Construct, id: str, *, prefix: str, topic: sns.ITopic, watched: Iterable[Watched]
    ) -> None:
        super().__init__(scope, id)
        for each in watched:
            alarm = cloudwatch.Alarm(
                self,
                each.id,
                alarm_name=f"{prefix}{each.id}",
                alarm_description=each.description,
                metric=each.metric,
                threshold=each.threshold,
                comparison_operator=each.comparison,
                evaluation_periods=each.periods,
                treat_missing_data=each.missing,
            )
            alarm.add_alarm_action(actions.SnsAction(topic))
