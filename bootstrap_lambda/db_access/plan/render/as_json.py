"""Plans for programs. Pure; docs/command.md describes the fields."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from db_access.plan.changes import Change
from db_access.plan.render.lines import line
from db_access.plan.report import AnyReports
from db_access.plan.told import Told
from db_access.wording import json_text

StatementOf = Callable[[Change], str]
"""The text of the statement that carries a change of PostgreSQL's out; other families' have theirs."""


def as_json(reports: AnyReports, statement_of: StatementOf, failed: Sequence[Mapping[str, str]] = ()) -> str:
    """`failed`: `database` and `error` of each that there is no report of."""
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
    return json_text({"databases": databases, "failed": [*failed]}) + "\n"


def changes(plan: Sequence[Change | Told], statement_of: StatementOf) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_values(change, statement_of) for change in plan]


def _values(change: Change | Told, statement_of: StatementOf) -> dict[str, Any]:
    entry = line(change)
    return {
        "kind": change.kind if isinstance(change, Told) else kind(change),
        "action": entry.action.value,
        "group": entry.group,
        "what": entry.what,
        "statement": change.statement if isinstance(change, Told) else statement_of(change),
        "reason": change.reason if isinstance(change, Told) else change.why,
    }


def kind(change: object) -> str:
    """What programs know a change by."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower()
