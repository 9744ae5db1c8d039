"""Whether somebody takes a connection at an endpoint, from here. Sends nothing."""

import socket
from typing import Final

from keyless.doctor.path import Path

SECONDS: Final = 5.0
"""For a connection. Who listens in the same network answers in milliseconds."""


def addresses(path: Path) -> list[str]:
    """Raises OSError."""
    if path.address:
        return [path.address]
    found = socket.getaddrinfo(path.login.host, path.port, proto=socket.IPPROTO_TCP, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def reached(path: Path) -> str:
    """Why nobody is reached from here; empty where somebody takes a connection."""
    try:
        found = addresses(path)
    except OSError as error:
        return f"its name can't be resolved here: {error.strerror or error}"
    said = ""
    for address in found:
        try:
            socket.create_connection((address, path.port), timeout=SECONDS).close()
        except OSError as error:
            said = f"{address}: {error.strerror or error}"
        else:
            return ""
    return said
