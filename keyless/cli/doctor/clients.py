"""Clients of the account, and a function as Lambda describes it."""

from collections.abc import Mapping
from typing import Any

from db_access.wording import is_text
from keyless.cli.doctor.asked import UnknownLoginError
from keyless.doctor.account.actions import ACTIONS
from keyless.preflight.account.connection import Connection, Connections
from keyless.preflight.account.identity import CredentialsError
from keyless.preflight.account.reader import Reader
from keyless.preflight.finding import UnansweredError

_MISSING = frozenset({"ResourceNotFoundException"})


def clients(region: str | None) -> Connection:
    """Raises UnknownLoginError: the settings of AWS contradict each other, or no region is said."""
    try:
        connections = Connections()
    except CredentialsError as error:
        raise UnknownLoginError(f"{error}; allowed: {'; '.join(error.remedies)}") from error
    where = region or connections.region
    if where is None:
        raise UnknownLoginError("no AWS region is said; allowed: AWS_REGION")
    return connections.to(where)


def function(account: Connection, name: str, known: Mapping[str, str]) -> Mapping[str, Any]:
    """By its own name, or by that of its output. Raises UnknownLoginError."""
    meant = known.get(name.rpartition("/")[2], name)
    if not is_text(meant):
        raise UnknownLoginError(f"function {name!a} is not UTF-8; allowed: text")
    try:
        found = Reader(account.signed, ACTIONS).read(
            "lambda", "GetFunctionConfiguration", missing=_MISSING, FunctionName=meant
        )
    except UnansweredError as error:
        raise UnknownLoginError(f"function {name!r} can't be looked at: {error}") from error
    if found is None:
        raise UnknownLoginError(f"there is no function {name!r}; allowed: its own name{_or(known)}")
    variables = found.get("Environment", {}).get("Variables", {})
    if "DB_ROLE_ARN" in variables:
        raise UnknownLoginError(
            f"function {name!r} logs in to another account's database, as the role in DB_ROLE_ARN; allowed: --as USER "
            "with the credentials of that role"
        )
    if not {"PGUSER", "PGHOST"} <= variables.keys():
        raise UnknownLoginError(
            f"function {name!r} logs in nowhere: it has no PGHOST and PGUSER; allowed: one that has{_or(known)}"
        )
    return dict(found)


def _or(known: Mapping[str, str]) -> str:
    return f", or {', '.join(sorted(known))}" if known else ""
