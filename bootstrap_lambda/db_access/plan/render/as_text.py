"""Plans for a person at a terminal. Pure."""

from collections.abc import Iterable, Iterator

from db_access.plan.changes import Change
from db_access.plan.render.lines import SIGNS, counted, grouped
from db_access.plan.report import AnyReports, ReportOf
from db_access.plan.told import Told
from db_access.wording import one_line


def as_text(reports: AnyReports) -> str:
    """A line for each change, by what it is about."""
    return "\n\n".join("\n".join(_text(database, report)) for database, report in reports.items()) + "\n"


def _text(database: str, report: ReportOf[Change | Told]) -> Iterator[str]:
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
