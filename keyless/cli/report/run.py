"""Looks at each database, writes the page, and says how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from db_access.errors import AccessError
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from db_access.wording import one_line
from keyless.cli.connection import tell
from keyless.cli.databases import Outcome, chosen, each_database, warned_once
from keyless.cli.effective import asked
from keyless.cli.options import OfSpec
from keyless.cli.report.sources import Files, declared, given
from keyless.cli.status import DIFFERENT, DONE, FAILED
from keyless.effective.survey import Survey, survey
from keyless.output_file import write_whole
from keyless.report.contents import Contents, Database
from keyless.report.page import TITLE, page

_BEGINNING: Final = 4096
"""Bytes of a page, in which its title is."""


class UnwrittenError(AccessError):
    """The page can't be written."""


def run(of: OfSpec, to: Path, *, databases: Sequence[str], env: str | None, files: Files) -> int:
    """The exit status; the page goes to the file. What is in files is read before anybody connects."""
    _refuse_other_files(to, {"the access spec": [of.config], **files.named})
    spec, every = chosen(of)
    wanted = [spec.database(name).name for name in dict.fromkeys(databases)] or every
    sources = {**declared(of), **given(spec, env, files)}
    outcome = each_database(spec, wanted, _looked_at)
    outcome.report_errors()
    if not outcome.results:
        return FAILED
    made = datetime.now(UTC)
    contents = Contents(
        made=made, environment=env or "", databases=_once(spec, outcome), failed=outcome.failed(), **sources
    )
    _write(to, page(contents))
    for database in contents.databases:
        print(f"database {one_line(database.name)}: {_said(database)}")
    tell(f"{one_line(str(to))}: written")
    return FAILED if outcome.errors else DONE if contents.holds else DIFFERENT


def _looked_at(connect_to: Connect, spec: AccessSpec, name: str) -> Database:
    def look(connection: Connection[Any]) -> tuple[str, str, Survey]:
        at = connection.info
        return f"{at.host}:{at.port}", at.user, survey(connection)

    return Database(name, *asked(name, look), reconcile.prove(connect_to, spec, name))


def _once(spec: AccessSpec, outcome: Outcome[Database]) -> list[Database]:
    """Each warning with the first database only."""
    proofs = warned_once(spec, {name: database.proof for name, database in outcome.results.items()})
    return [replace(database, proof=proofs[name]) for name, database in outcome.results.items()]


def _said(database: Database) -> str:
    return "as the spec says" if database.proof.holds else "not as the spec says"


def _refuse_other_files(to: Path, sources: Mapping[str, Sequence[Path]]) -> None:
    """Raises UnwrittenError where something would go that isn't a page."""
    if not to.is_file():
        return
    for what, files in sources.items():
        if any(file.exists() and to.samefile(file) for file in files):
            raise UnwrittenError(f"--to {to}: is {what} itself; allowed: another file")
    with to.open("rb") as file:
        beginning = file.read(_BEGINNING)
    if beginning and TITLE.encode() not in beginning:
        raise UnwrittenError(
            f"--to {to}: is there and no page of a report, so it is left as it is; remove it first, if it may go"
        )


def _write(to: Path, text: str) -> None:
    """Raises UnwrittenError."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        write_whole(to, text)
    except OSError as error:
        raise UnwrittenError(f"--to {to}: {error.strerror or error}") from error
