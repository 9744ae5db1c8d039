"""What a run did or would do, as text, SQL, JSON and markdown. Pure: the same plan is always the same text; runs and
decides nothing.

Every function takes the reports of one or more databases, by the database's name.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db_access.plan.changes import Change, Plan
from db_access.plan.render.lines import SIGNS, Line, counted, grouped, line
from db_access.plan.render.words import one_line
from db_access.plan.report import Report
from db_access.postgresql.ddl import statement

Reports = Mapping[str, Report]


def text(reports: Reports) -> str:
    """For a person at a terminal: a line for each change, by what it is about."""
    return "\n\n".join("\n".join(_text(database, report)) for database, report in reports.items()) + "\n"


def _text(database: str, report: Report) -> Iterator[str]:
    yield f"database {one_line(database)}: {counted(report.plan)}"
    for group, lines in grouped(report.plan).items():
        yield f"  {group}"
        yield from (f"    {SIGNS[entry.action]} {entry.what}  -- {entry.reason}" for entry in lines)
    yield from notes("pending", "?", report.pending)
    yield from notes("warnings", "!", report.warnings)


def notes(heading: str, sign: str, sentences: Iterable[str]) -> Iterator[str]:
    """Sentences for the operator below their heading; nothing when there are none."""
    lines = [f"    {sign} {one_line(sentence)}" for sentence in sentences]
    yield from [f"  {heading}", *lines] if lines else []


def as_json(reports: Reports) -> str:
    """For programs; the object's fields are described in docs/command.md."""
    databases = [
        {
            "database": database,
            "changes": changes(report.plan),
            "pending": list(report.pending),
            "warnings": list(report.warnings),
        }
        for database, report in reports.items()
    ]
    return json.dumps({"databases": databases}, indent=2, ensure_ascii=False) + "\n"


def changes(plan: Plan) -> list[dict[str, Any]]:
    """The changes as JSON values."""
    return [_values(change, line(change)) for change in plan]


def _values(change: Change, entry: Line) -> dict[str, Any]:
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower()
    return {
        "kind": kind,
        "action": entry.action.value,
        "group": entry.group,
        "what": entry.what,
        "statement": statement_of(change),
        "reason": change.reason,
    }


def statement_of(change: Change) -> str:
    """The statement's text."""
    return statement(change).as_string(None)
