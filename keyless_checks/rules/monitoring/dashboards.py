"""Dashboards: CloudWatch reads their bodies at deploy only, and shows an empty graph for what doesn't exist."""

import json
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_DASHBOARD = "AWS::CloudWatch::Dashboard"
_KINDS = ("alarm", "log", "metric", "text")
_MOST, _COLUMNS, _ROWS = 500, 24, 1000


def bodies(templates: Templates) -> Iterator[Finding]:
    """A dashboard is JSON with widgets that fit its 24 columns (CloudWatch API, "Dashboard Body Structure and
    Syntax")."""
    for dashboard in templates.all(_DASHBOARD):
        widgets = _widgets(templates.text(dashboard.stack, dashboard.props.get("DashboardBody")))
        if widgets is None:
            yield Finding(dashboard.path, f"its body is not an object with 1 to {_MOST} widgets")
        for number, widget in enumerate(widgets or []):
            problems = _problems(widget)
            yield from (Finding(dashboard.path, f"widget {number}: {problem}") for problem in problems)


def _widgets(body: str) -> list[dict[str, Any]] | None:
    try:
        found = json.loads(body)["widgets"]
    except (ValueError, LookupError, TypeError):
        return None
    return found if isinstance(found, list) and 1 <= len(found) <= _MOST else None


def _problems(widget: dict[str, Any]) -> Iterator[str]:
    x, y, width, height = (
        widget.get(key, default) for key, default in (("x", 0), ("y", 0), ("width", 6), ("height", 6))
    )
    if widget.get("type") not in _KINDS:
        yield f"its type is {widget.get('type')}; allowed: {', '.join(_KINDS)}"
    if x < 0 or y < 0 or not 1 <= width <= _COLUMNS - x or not 1 <= height <= _ROWS:
        yield f"at {x}, {y} with {width} by {height}: it doesn't fit {_COLUMNS} columns"


RULES: tuple[Rule, ...] = (bodies,)
