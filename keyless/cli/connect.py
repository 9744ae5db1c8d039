"""`keyless connect`: psql with a token in its environment and nowhere else, in place of this process, or beside a port
forward that ends with it."""

import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from db_access.errors import AccessError, UnreachableError
from keyless.cli import iam, seeds_variables
from keyless.cli.beside import beside
from keyless.cli.connection import CONNECT_SECONDS, tell
from keyless.cli.effective import named_database
from keyless.cli.environment.deployed import DeployedEnvironment
from keyless.cli.forward.bastion import bastion
from keyless.cli.forward.session import forwarded
from keyless.cli.forward.tools import aws
from keyless.ending import orderly
from keyless_client import ConnectError, trust_roots

_ELSEWHERE: Final = ("PGSERVICE", "PGSERVICEFILE", "PGPASSFILE")
"""What would say another place or password."""


class NoPsqlError(AccessError):
    """PostgreSQL's own client isn't there."""


def run(database: str | None, arguments: Sequence[str]) -> NoReturn:
    """Ends as psql does.

    Raises:
        AccessError: with what is missing. Nothing was started.
    """
    psql, name = _psql(), named_database(database)
    with seeds_variables.for_libpq():
        environment = _environment(name)
    tell(f"psql: {environment['PGUSER']} at {environment['PGHOST']}")
    sys.stdout.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and psql would inherit that
    os.execve(psql, ["psql", *arguments], environment)  # noqa: S606 - no shell is meant


def run_through(found: DeployedEnvironment, database: str | None, arguments: Sequence[str]) -> int:
    """The exit status of psql, which goes through a forward by the environment's bastion. The endpoint's own name and
    port stay those of the token and the certificate.

    Raises:
        AccessError: with what is missing. Nothing is left of what was started.
    """
    psql, name, tool = _psql(), named_database(database), aws()
    host, instance = os.environ["PGHOST"], bastion(found.clients, found.prefix)
    tell(f"port forward: through {instance} to {host}")
    with orderly(), forwarded(tool, instance, host, found.master.port, found.region) as port:
        environment = {**_environment(name), "PGHOSTADDR": "127.0.0.1", "PGPORT": str(port)}
        tell(f"psql: {environment['PGUSER']} at {environment['PGHOST']}")
        sys.stdout.flush()
        return beside(psql, arguments, environment)


def _psql() -> str:
    if found := shutil.which("psql"):
        return found
    raise NoPsqlError(
        "psql is not installed, or not in PATH; allowed: PostgreSQL's client, as `apt install postgresql-client`, `dnf "
        'install postgresql` or `brew install libpq` bring it; or PGPASSWORD="$(keyless token)" for another client'
    )


def _environment(database: str) -> Mapping[str, str]:
    """The process's, and the connection, by libpq's variables."""
    token, where = iam.token(), iam.chosen()
    try:
        roots = trust_roots(where["host"])
    except ConnectError as error:
        raise UnreachableError(f"{error}; allowed also: in PGSSLROOTCERT the roots of your server") from error
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return {
        "PGCONNECT_TIMEOUT": str(CONNECT_SECONDS),
        **kept,
        "PGHOST": where["host"],
        "PGPORT": where["port"],
        "PGUSER": where["user"],
        "PGDATABASE": database,
        "PGPASSWORD": token,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(roots),
        "PGGSSENCMODE": "disable",
    }
