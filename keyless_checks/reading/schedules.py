"""Schedules that end memberships which were given for a while, by what they hand to the function that they call."""

import json
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Resource, Templates

RULE = "AWS::Events::Rule"
_EVENT = "EndExpired"


def ending(templates: Templates, rule: Resource) -> Iterator[tuple[Resource | None, dict[str, Any]]]:
    """Whom `rule` calls to end them, and with what; nothing for any other schedule."""
    for target in rule.props.get("Targets", []) if rule.props.get("ScheduleExpression") else []:
        try:
            event = json.loads(templates.text(rule.stack, target.get("Input")))
        except ValueError:
            continue
        if isinstance(event, dict) and _EVENT in event:
            yield templates.target(rule.stack, target["Arn"]), event
