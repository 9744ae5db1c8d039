"""The IAM token that the command signs itself, so that none has to be exported. Never shown but by `keyless token`."""

import os
import re
from pathlib import Path
from typing import Final

from psycopg.pq import Conninfo

from db_access.errors import UnreachableError
from keyless.cli import seeds_variables
from keyless.cli.environment.current import current
from keyless_client import ConnectError, auth_token
from keyless_client.trust import region_of

_PASSWORDS: Final = ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE")
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
_PORT: Final = "5432"
_LAST_PORT: Final = 65535


def password() -> dict[str, str]:
    """A token as libpq's parameter, where the command signs one.

    Raises:
        UnreachableError: when none can be signed.
    """
    return {"password": token()} if signs() else {}


def signs() -> bool:
    """Whether the command signs a token: for an endpoint of RDS, unless a password is said in one of libpq's ways, or
    POSTGRES_IAM_AUTH=false.

    Raises:
        UnreachableError: when a token is asked for, and a password is said.
    """
    asked = seeds_variables.iam()
    if asked is False or (asked is None and (_said() or region_of(chosen()["host"]) is None)):
        return False
    if asked and "PGPASSWORD" in os.environ:
        raise UnreachableError(
            f"{seeds_variables.IAM} asks for a token, and there is a password in PGPASSWORD or POSTGRES_PASSWORD; "
            "allowed: one of them"
        )
    return True


def token() -> str:
    """For PGHOST, PGPORT and PGUSER; in a deployed environment for its own port, as PGPORT may be a tunnel's.

    Raises:
        UnreachableError: with what is missing.
    """
    where = chosen()
    host, user = where["host"], where["user"]
    region = region_of(host) or next((os.environ[name] for name in _REGIONS if os.environ.get(name)), None)
    if not host or host[0] in "/@" or "," in host:
        raise UnreachableError(f"no token for PGHOST {host!r}; allowed: the name of one endpoint")
    if region is None:
        raise UnreachableError(f"no token for {host!r}, whose name has no region; allowed: AWS_REGION beside it")
    deployed = current.get()
    port = str(deployed.port) if deployed and deployed.port else where["port"] or _PORT
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= _LAST_PORT:
        raise UnreachableError(f"no token for port {port!r}; allowed: PGPORT from 1 to {_LAST_PORT}")
    try:
        return auth_token(host=host, port=int(port), user=user, region=region)
    except ConnectError as error:
        raise UnreachableError(
            f"{error}; allowed: AWS credentials, or a password in PGPASSWORD or PGPASSFILE"
        ) from error


def _said() -> bool:
    default = Path.home() / ".pgpass"
    return any(name in os.environ for name in _PASSWORDS) or default.exists()


def chosen() -> dict[str, str]:
    """By libpq's rules: its variables, and its defaults."""
    return {option.keyword.decode(): (option.val or b"").decode() for option in Conninfo.get_defaults()}
