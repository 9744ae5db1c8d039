"""Finished plans as a script for psql: every statement below its reason, each database in one transaction. Pure."""

from collections.abc import Iterable, Iterator

from psycopg.conninfo import make_conninfo

from db_access.plan.changes import Change, CreateDatabase
from db_access.plan.render import counted
from db_access.plan.report import Report, Reports
from db_access.postgresql.ddl.statements import text
from db_access.postgresql.session import SCRIPT
from db_access.wording import one_line


def script(reports: Reports) -> str:
    """One script for one or more databases; psql goes from one to the next by itself."""
    scripts = ["\n".join(_script(name, report, connect=len(reports) > 1)) for name, report in reports.items()]
    return "\n\n".join(scripts) + "\n"


def _script(database: str, report: Report, *, connect: bool) -> Iterator[str]:
    yield f"-- database {one_line(database)}: {counted(report.plan)}"
    yield from (f"-- pending: {one_line(sentence)}" for sentence in report.pending)
    yield from (f"-- warning: {one_line(sentence)}" for sentence in report.warnings)
    if not report.plan:
        return
    made = [change for change in report.plan if isinstance(change, CreateDatabase)]
    if made:  # in no transaction, and before there is a database to connect to
        yield from (SCRIPT, *_statements(made))
    if connect or made:
        yield f"\\connect -reuse-previous=on {_psql_argument(make_conninfo(dbname=database))}"
    yield SCRIPT
    yield "BEGIN READ WRITE;"
    yield from _statements(change for change in report.plan if not isinstance(change, CreateDatabase))
    yield "COMMIT;"


def _statements(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        yield f"-- {one_line(change.why)}"
        yield f"{text(change)};"


def _psql_argument(value: str) -> str:
    """psql takes the single quotes and backslashes off, and then double quotes, as an identifier's."""
    inner = value.replace('"', '""').replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'\"{inner}\"'"
