"""To whom the master's password may go: only to a server that proves who it is, unless the operator says less."""

import os
from typing import Any, Final

from psycopg.pq import Conninfo

from db_access.errors import UnreachableError
from keyless_client import ConnectError, trust_roots

_ALLOWED: Final = (
    "its certificate can't be verified, and whoever answers there would get the password or token; allowed: in PGHOST "
    "the cluster's endpoint itself (through a tunnel or another name, with PGHOSTADDR for where it is) or a socket's "
    "folder, in PGSSLROOTCERT the file with the roots of your server's certificate, or in PGSSLMODE how much less is "
    "enough, such as `disable` for a server on this machine"
)


def verified() -> dict[str, Any]:
    """Parameters that have libpq verify the server; none where PGSSLMODE or PGSERVICE say how, or for a socket.

    libpq's own default, `prefer`, would send the password to any server.

    Raises:
        UnreachableError: when no roots are known for the host. Nothing was sent.
    """
    chosen = {option.keyword.decode(): (option.val or b"").decode() for option in Conninfo.get_defaults()}
    if "PGSSLMODE" in os.environ or chosen["sslmode"] != "prefer" or _by_socket(chosen):
        return {}
    try:
        roots = trust_roots(chosen["host"])
    except ConnectError as error:
        raise UnreachableError(f"{chosen['host'] or chosen['hostaddr']!r} is no endpoint of RDS: {_ALLOWED}") from error
    return {"sslmode": "verify-full", "sslrootcert": str(roots), "gssencmode": "disable"}


def _by_socket(chosen: dict[str, str]) -> bool:
    return not chosen["hostaddr"] and all(not host or host[0] in "/@" for host in chosen["host"].split(","))
