"""What there is of the migrations, in the spec and in its databases."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

from psycopg import Connection
from psycopg import Error as PostgresError

from db_access.postgresql.failures import explained
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from db_access.wording import quoted
from keyless.cli.databases import each_database
from keyless.cli.effective import UnansweredError
from keyless.cli.migrate.seen import Seen, still_logs_in
from keyless.editing.edits import Document
from keyless.effective import catalog as catalogs
from keyless.effective.catalog import Catalog
from keyless.migrate import phase as phases
from keyless.migrate.comparison import compared
from keyless.migrate.edits import each
from keyless.migrate.phase import Migration, Phase
from keyless.migrate.points import Kind, Point
from keyless.migrate.roles import Role, Session, roles, sessions, ties

_OfOne = tuple[dict[str, Role], list[Session], dict[str, list[str]], list[Point]]


@dataclass(frozen=True)
class Looked:
    """What was found, and which databases could not be looked at."""

    seen: Sequence[Seen]
    failed: Sequence[Mapping[str, str]] = ()


def look(spec: AccessSpec, document: Document, databases: Sequence[str], migrations: Sequence[Migration]) -> Looked:
    """Errors of single databases go to stderr.

    Raises:
        EditError: when the spec has no such users.
    """
    stand = each(migrations, partial(phases.phase, document))

    def of_database(connect: Connect, spec: AccessSpec, name: str) -> dict[Migration, _OfOne]:
        with closing(connect()) as connection:
            try:
                catalogs.begin(connection)
                catalog = catalogs.read(connection)
                return {migration: _of_one(connection, catalog, migration, phase) for migration, phase in stand.items()}
            except PostgresError as error:
                raise UnansweredError(f"database {quoted(name)} doesn't answer: {explained(error)}") from error

    outcome = each_database(spec, databases, of_database)
    outcome.report_errors()
    seen = [_seen(document, migration, stand[migration], outcome.results) for migration in migrations]
    return Looked(seen, outcome.failed())


def _of_one(connection: Connection[Any], catalog: Catalog, migration: Migration, phase: Phase) -> _OfOne:
    names = [migration.old, migration.new]
    there = roles(connection, names)
    found: list[Point] = []
    if phase is not Phase.FINISHED and still_logs_in(there.get(migration.old)):
        both = phase is not Phase.BEFORE and migration.new in there
        found = compared(connection, migration, catalog if both else None)
    return there, sessions(connection, names), {name: [*ties(connection, name)] for name in names}, found


def _seen(
    document: Document, migration: Migration, phase: Phase, found: Mapping[str, Mapping[Migration, _OfOne]]
) -> Seen:
    fields = phases.differences(document, migration) if phase is Phase.STARTED else []
    in_spec = [
        Point.of(
            Kind.SPEC, f"`{field}`", f"the spec says one thing of {quoted(migration.old)}, and another of its successor"
        )
        for field in fields
    ]
    if not found:
        return Seen(migration, phase, in_spec=in_spec)
    of = {database: results[migration] for database, results in found.items()}
    there, open_, _, _ = next(iter(of.values()))
    tied = {
        name: [*dict.fromkeys(tie for _, _, ties_, _ in of.values() for tie in ties_[name])]
        for name in (migration.old, migration.new)
    }
    return Seen(migration, phase, there, open_, tied, in_spec, {database: one[3] for database, one in of.items()})
