"""The login that libpq's variables say, and a function's where no environment is named."""

import os
from functools import partial
from typing import Any, Final

import psycopg

from db_access.errors import UnreachableError
from db_access.spec import AccessSpec
from keyless.cli import iam
from keyless.cli.connection import connect
from keyless.cli.doctor.asked import Asked
from keyless.cli.doctor.clients import clients, function
from keyless.cli.doctor.deployed import as_user, of_configuration
from keyless.cli.doctor.logins import for_looking, port_of
from keyless.doctor.looking import Looking, Opened
from keyless.doctor.path import Path
from keyless.doctor.refusals import Untried, refused
from keyless.preflight.account.reader import Clients
from keyless_client.login import Login
from keyless_client.trust import region_of

_NOBODY_ELSE: Final = Untried("nobody else than the user is named who could look; with --env the master does")


def of_variables(asked: Asked, spec: AccessSpec | None) -> Looking:
    """Raises UnknownLoginError or UnreachableError."""
    said, signs = iam.chosen(), iam.signs()
    path = _path(asked, spec, said, signs=signs)
    account = clients(path.login.region) if path.aws else None
    return Looking(
        path,
        account.signed if account else _no_account,
        account.unsigned if account else _no_account,
        log_in=partial(_own, path),
        look_in=lambda: _NOBODY_ELSE,
        spec=spec,
    )


def of_function(asked: Asked, spec: AccessSpec | None) -> Looking:
    """Raises UnknownLoginError."""
    account = clients(None)
    path = of_configuration(asked, function(account, str(asked.function), {}), spec, environment="")
    log_in = partial(as_user, path)
    return Looking(path, account.signed, account.unsigned, log_in=log_in, look_in=lambda: _NOBODY_ELSE, spec=spec)


def _path(asked: Asked, spec: AccessSpec | None, said: dict[str, str], *, signs: bool) -> Path:
    host, port = said["host"], port_of(said["port"] or "5432")
    password = os.environ.get("PGPASSWORD", "")
    own = "X-Amz-Signature=" in password
    region = region_of(host) or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    dbname = asked.named_database("", spec, said["user"])
    return Path(
        Login(host, port, said["user"], dbname, region, "keyless doctor"),
        token=signs or own,
        aws=signs and region_of(host) is not None,
        said_token=password if own else "",
        address=said["hostaddr"],
        port=port,
        socket=not said["hostaddr"] and (not host or host[0] in "/@"),
        verifies=said["sslmode"] == "verify-full" or (said["sslmode"] == "prefer" and "PGSSLMODE" not in os.environ),
    )


def _own(path: Path) -> Opened:
    try:
        connection: psycopg.Connection[Any] = connect(path.login.dbname, settings="")
    except UnreachableError as error:
        cause = error.__cause__
        said = str(cause) if isinstance(cause, psycopg.OperationalError) else ""
        return refused(said, path.login, token=path.token) if said else Untried(str(error))
    return for_looking(connection)


def _no_account(service: str) -> Clients:
    raise NotImplementedError(f"{service}: no hop of this path asks AWS")
