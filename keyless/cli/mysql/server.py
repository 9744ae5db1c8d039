"""A spec's whole server as what a command is about: its one report, or its error."""

from collections.abc import Callable
from typing import TypeVar

from db_access.errors import AccessError, SpecError
from db_access.spec import AccessSpec
from keyless.cli.connection import tell
from keyless.cli.databases import Outcome
from keyless.cli.options import OfSpec
from keyless.cli.progress import still_at_work

Result = TypeVar("Result")


def name_of(spec: AccessSpec) -> str:
    """As its report is called: the spec's databases."""
    return ", ".join(database.name for database in spec.databases)


def refuse_single(of: OfSpec) -> None:
    """Raises SpecError where one database is asked for."""
    if of.database is not None:
        raise SpecError(
            [
                f"--database {of.database}: on MySQL accounts and their grants are the server's, and a run is about "
                "all of the spec's databases; allowed: without"
            ]
        )


def on_server(spec: AccessSpec, run: Callable[[AccessSpec], Result]) -> Outcome[Result]:
    name = name_of(spec)
    outcome: Outcome[Result] = Outcome()
    try:
        with still_at_work(f"server of {name}", tell):
            outcome.results[name] = run(spec)
    except AccessError as error:
        outcome.errors[name] = error
    return outcome
