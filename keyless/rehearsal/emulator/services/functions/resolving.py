"""Where the name of a database's endpoint leads. libpq is told by PGHOSTADDR; MySQL's clients have no such variable.

Put in front of ministack's script for a function's process, and into the path of a service's or a server's: it may use
nothing but the standard library.
"""

import os
import socket
from typing import Any

RESOLVED = "KEYLESS_REHEARSAL_ADDRESS"
"""The variable with HOST=ADDRESS. No function reads it, nor does a service or a server in Python."""


def resolve_as_told() -> None:
    """In this process, from now on."""
    real = socket.getaddrinfo

    def getaddrinfo(name: Any, *rest: Any, **more: Any) -> Any:
        host, _, address = os.environ.get(RESOLVED, "").partition("=")
        told = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        return real(address if host and told == host else name, *rest, **more)

    socket.getaddrinfo = getaddrinfo  # type: ignore[assignment]
