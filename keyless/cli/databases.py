"""Runs a command on each of the spec's databases: connects with libpq's variables, collects results and errors."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, TypeVar

import psycopg

from db_access.errors import AccessError, SpecError, UnreachableError
from db_access.plan.report import Report
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.reconcile import Connect
from db_access.postgresql.session import OPTIONS
from db_access.spec import AccessSpec
from db_access.wording import visible
from keyless.cli.tls import verified

_CONNECT_SECONDS = 30
"""A paused Aurora takes about 15 to resume."""

Result = TypeVar("Result")
Reported = TypeVar("Reported", bound=Report)


@dataclass
class Outcome(Generic[Result]):
    """The result or the error of each database."""

    results: dict[str, Result] = field(default_factory=dict)
    errors: list[AccessError] = field(default_factory=list)
    refused: bool = False
    """Nobody said yes to what would be taken away."""

    def report_errors(self) -> None:
        for error in self.errors:
            print(visible(f"keyless: {error}"), file=sys.stderr)


def chosen(options: Namespace) -> tuple[AccessSpec, list[str]]:
    """The spec, and those of its databases that the command is about.

    Raises:
        SpecError: with every problem.
    """
    spec = _managed(AccessSpec.load(options.config, dict(options.secrets)), options.managed_by)
    return spec, [
        database.name
        for database in ([spec.database(options.database)] if options.database is not None else spec.databases)
    ]


def _managed(spec: AccessSpec, option: str | None) -> AccessSpec:
    if option is None:
        return spec
    if spec.says_manager and spec.managed_by != option:
        raise SpecError([f"managed_by: the spec says {spec.managed_by!r}, and --managed-by {option!r}; allowed: one"])
    return spec.named(option)


def each_database(
    spec: AccessSpec, databases: Iterable[str], run: Callable[[Connect, AccessSpec, str], Result]
) -> Outcome[Result]:
    """`run` on each of these databases of the spec. An error in one doesn't stop the others."""
    outcome: Outcome[Result] = Outcome()
    for name in databases:
        try:
            outcome.results[name] = run(partial(_connect, name), spec, name)
        except AccessError as error:
            outcome.errors.append(error)
            if isinstance(error, UnreachableError) and f'database "{name}"' not in str(error):
                break  # the server can't be reached: the other databases would only repeat it, after another timeout
    return outcome


def warned_once(found: Mapping[str, Reported]) -> dict[str, Reported]:
    """Reports with each warning once: those about the cluster's roles would be repeated for every database."""
    seen: set[str] = set()
    once: dict[str, Reported] = {}
    for database, report in found.items():
        once[database] = replace(report, warnings=tuple(warning for warning in report.warnings if warning not in seen))
        seen.update(report.warnings)
    return once


def elsewhere() -> psycopg.Connection[Any]:
    """A connection from which a missing database can be created."""
    return _connect(ELSEWHERE)


def _connect(database: str) -> psycopg.Connection[Any]:
    """A new connection, outside autocommit.

    Raises:
        UnreachableError: with libpq's message, which has no password in it.
    """
    tell(f"database {database}: connecting")
    how = {**_host(), **_timeout(), **verified()}
    try:
        return psycopg.connect(dbname=database, fallback_application_name="keyless", options=_options(), **how)
    except psycopg.OperationalError as error:
        message = " ".join(str(error).split())
        raise UnreachableError(f"no connection to database {database!r}{_advice(message)}: {message}") from error


def _advice(message: str) -> str:
    """What to check, if the message of libpq or the server doesn't say it."""
    if "PAM authentication failed" in message:
        return (
            " (the user logs in with IAM, so PGPASSWORD must be a token: for this PGHOST and PGUSER, and less than 15 "
            "minutes old)"
        )
    return " (set PGPASSWORD or PGPASSFILE)" if "no password supplied" in message else ""


def _options() -> str:
    """PGOPTIONS, and after it what the engine's sessions must start with."""
    return f"{os.environ.get('PGOPTIONS', '')} {OPTIONS}"


def _host() -> dict[str, Any]:
    """libpq reads it by itself, but psycopg's errors have the host only if it is an argument."""
    return {"host": os.environ["PGHOST"]} if "PGHOST" in os.environ else {}


def _timeout() -> dict[str, Any]:
    return {} if "PGCONNECT_TIMEOUT" in os.environ else {"connect_timeout": _CONNECT_SECONDS}


def tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
