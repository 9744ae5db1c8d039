"""The end of memberships that are given for a while, broken on purpose."""

from typing import Any

from keyless_checks.reading.schedules import RULE
from keyless_checks.rules.access import calls, temporary
from keyless_checks.rules.drift_watch import schedule
from tests.infrastructure.checks.mutants.edit import Mutant, pick, put, remove
from tests.infrastructure.templates import Change, Templates

ENDS, PERMISSION, FUNCTION = "TemporaryGrants/Schedule", "AWS::Lambda::Permission", "AWS::Lambda::Function"


def _handed(old: str, new: str) -> Change:
    """Change the text that the function is handed."""

    def change(templates: Templates) -> None:
        for part in (joined := pick(templates, RULE, ENDS).props["Targets"][0]["Input"]["Fn::Join"][1]):
            if isinstance(part, str) and old in part:
                joined[joined.index(part)] = part.replace(old, new)

    return change


def _of_another_cluster(templates: Templates) -> None:
    joined = pick(templates, RULE, ENDS).props["Targets"][0]["Input"]["Fn::Join"][1]
    joined[:] = ["cluster-OTHER" if isinstance(part, dict) else part for part in joined]


def _without_layer(templates: Templates) -> None:
    pick(templates, FUNCTION, "access/Bootstrap").props["Layers"].pop()


def _by_everybody(templates: Templates) -> None:
    pick(templates, PERMISSION, ENDS).props.pop("SourceArn")


def _by_the_watchs_schedule(templates: Templates) -> None:
    source: dict[str, Any] = {"Fn::GetAtt": [pick(templates, RULE, "DriftWatch/Schedule").logical_id, "Arn"]}
    pick(templates, PERMISSION, ENDS).props["SourceArn"] = source


MUTANTS = [
    Mutant("temporary grants that nothing ends", temporary.ended, remove(RULE, ENDS)),
    Mutant("an end by another spec", temporary.ended, _without_layer),
    Mutant("an end in another cluster", temporary.ended, _of_another_cluster),
    Mutant("an end by way of another database", temporary.ended, _handed('"app"', '"other"')),
    Mutant("an end once an hour", temporary.each_minute, put(RULE, ENDS, ScheduleExpression="rate(1 hour)")),
    Mutant("an end that is switched off", temporary.each_minute, put(RULE, ENDS, State="DISABLED")),
    Mutant("an end that may not call the function", temporary.each_minute, remove(PERMISSION, ENDS)),
    Mutant("a bootstrap function that any schedule calls", calls.callers, _by_everybody),
    Mutant("a bootstrap function that the watch's schedule calls", calls.callers, _by_the_watchs_schedule),
    Mutant("a schedule each minute that ends nothing", schedule.often, _handed("EndExpired", "RequestType")),
]
