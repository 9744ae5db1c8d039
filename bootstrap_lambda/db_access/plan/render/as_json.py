"""Plans for programs. Pure; docs/command.md describes the fields."""

import re
from collections.abc import Callable
from typing import Any

from db_access.plan.changes import Change, Plan
from db_access.plan.render.lines import line
from db_access.plan.report import Reports
from db_access.wording import json_text

StatementOf = Callable[[Change], str]
"""The text of the statement that carries a change out, by the engine family."""


def as_json(reports: Reports, statement_of: StatementOf) -> str:
    databases = [
        {
            "database": database,
            "changes": changes(report.plan, statement_of),
            "pending": list(report.pending),
            "warnings": list(report.warnings),
            "left": list(report.left),
        }
        for database, report in reports.items()
    ]
    return json_text({"databases": databases}) + "\n"


def changes(plan: Plan, statement_of: StatementOf) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_values(change, statement_of) for change in plan]


def _values(change: Change, statement_of: StatementOf) -> dict[str, Any]:
    entry = line(change)
    return {
        "kind": re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower(),
        "action": entry.action.value,
        "group": entry.group,
        "what": entry.what,
        "statement": statement_of(change),
        "reason": change.why,
    }
