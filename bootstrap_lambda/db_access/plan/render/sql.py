"""A finished plan as a script for psql: every statement below its reason, each database in one transaction. Pure."""

from collections.abc import Iterator, Mapping

from psycopg.conninfo import make_conninfo

from db_access.plan.render.lines import counted
from db_access.plan.render.words import one_line
from db_access.plan.report import Report
from db_access.postgresql.ddl import statement


def sql(reports: Mapping[str, Report]) -> str:
    """By the databases' names."""
    scripts = ["\n".join(_script(database, report, connect=len(reports) > 1)) for database, report in reports.items()]
    return "\n\n".join(scripts) + "\n"


def _script(database: str, report: Report, *, connect: bool) -> Iterator[str]:
    yield f"-- database {one_line(database)}: {counted(report.plan)}"
    yield from (f"-- pending: {one_line(sentence)}" for sentence in report.pending)
    yield from (f"-- warning: {one_line(sentence)}" for sentence in report.warnings)
    if not report.plan:
        return
    if connect:
        yield f"\\connect -reuse-previous=on {_psql_argument(make_conninfo(dbname=database))}"
    yield "SET client_encoding = 'UTF8';"
    yield "BEGIN;"
    for change in report.plan:
        yield f"-- {one_line(change.reason)}"
        yield f"{statement(change).as_string(None)};"
    yield "COMMIT;"


def _psql_argument(value: str) -> str:
    """psql takes the single quotes and backslashes off, and then double quotes, as an identifier's."""
    inner = value.replace('"', '""').replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n")
    return f"'\"{inner}\"'"
