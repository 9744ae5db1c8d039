"""From a spec to its databases: connects to each as libpq's variables say, and collects results and errors."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, TypeVar

import psycopg

from db_access.errors import AccessError, UnreachableError
from db_access.plan.report import Report
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.reconcile import Connect
from db_access.spec import AccessSpec
from keyless_client import ConnectError, trust_roots

_CONNECT_SECONDS = 30
"""A paused Aurora wakes up in about 15."""

Result = TypeVar("Result")
Reported = TypeVar("Reported", bound=Report)


@dataclass
class Outcome(Generic[Result]):
    """What became of each database: a result, or an error."""

    results: dict[str, Result] = field(default_factory=dict)
    errors: list[AccessError] = field(default_factory=list)

    def report_errors(self) -> None:
        for error in self.errors:
            print(f"keyless: {error}", file=sys.stderr)


def each_database(options: Namespace, run: Callable[[Connect, AccessSpec, str], Result]) -> Outcome[Result]:
    """`run` on each of the spec's databases, or on the one that was asked for. An error in one doesn't keep the others
    from running.

    Raises:
        SpecError: before any connection is made.
    """
    spec = AccessSpec.load(options.config, dict(options.secrets))
    databases = [spec.database(options.database)] if options.database is not None else spec.databases
    outcome: Outcome[Result] = Outcome()
    for name in (database.name for database in databases):
        try:
            outcome.results[name] = run(partial(_connect, name), spec, name)
        except AccessError as error:
            outcome.errors.append(error)
            if isinstance(error, UnreachableError) and f'database "{name}"' not in str(error):
                break  # not about this database: the others would only repeat it, after another time-out
    return outcome


def warned_once(found: Mapping[str, Reported]) -> dict[str, Reported]:
    """What is said of the cluster's roles is the same in every database: it stands with the first."""
    seen: set[str] = set()
    left: dict[str, Reported] = {}
    for database, report in found.items():
        left[database] = replace(
            report, warnings=tuple(sentence for sentence in report.warnings if sentence not in seen)
        )
        seen.update(report.warnings)
    return left


def elsewhere() -> psycopg.Connection[Any]:
    """A connection from which a database can be made that isn't there yet."""
    return _connect(ELSEWHERE)


def _connect(database: str) -> psycopg.Connection[Any]:
    """A new connection, outside autocommit.

    Raises:
        UnreachableError: with libpq's words, which hold no password.
    """
    tell(f"database {database}: connecting")
    try:
        return psycopg.connect(dbname=database, fallback_application_name="keyless", **_host(), **_timeout(), **_tls())
    except psycopg.OperationalError as error:
        said = " ".join(str(error).split())
        raise UnreachableError(f"no connection to database {database!r}{_advice(said)}: {said}") from error


def _advice(said: str) -> str:
    """What to look for, where libpq's or the server's words don't say it."""
    if "PAM authentication failed" in said:
        return (
            " (the user is IAM's, so PGPASSWORD must be a token: made for this PGHOST and PGUSER, and not 15 "
            "minutes ago)"
        )
    if "no password supplied" in said:
        return " (set PGPASSWORD or PGPASSFILE)"
    return ""


def _host() -> dict[str, Any]:
    """libpq would find it by itself, but psycopg names it in its errors only when it is told."""
    return {"host": os.environ["PGHOST"]} if "PGHOST" in os.environ else {}


def _timeout() -> dict[str, Any]:
    return {} if "PGCONNECT_TIMEOUT" in os.environ else {"connect_timeout": _CONNECT_SECONDS}


def _tls() -> dict[str, Any]:
    """libpq by itself would send a token to whoever answers. It keeps the last word where PGSSLMODE or a service file
    speaks."""
    if "PGSSLMODE" in os.environ or "PGSERVICE" in os.environ:
        return {}
    try:
        return {"sslmode": "verify-full", "sslrootcert": str(trust_roots(os.environ.get("PGHOST", "")))}
    except ConnectError:
        return {}  # no endpoint of RDS


def tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
