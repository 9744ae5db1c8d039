"""Where the name of a database's endpoint leads. libpq is told by PGHOSTADDR; MySQL's clients have no such variable.

Put in front of ministack's script for a function's process: it may use nothing but the standard library.
"""

import os
import socket

RESOLVED = "KEYLESS_REHEARSAL_ADDRESS"
"""The variable with HOST=ADDRESS. No function reads it."""


def resolve_as_told():  # type: ignore[no-untyped-def]  # for any Python that runs functions
    """In this process, from now on."""
    real = socket.getaddrinfo

    def getaddrinfo(name, *rest, **more):  # type: ignore[no-untyped-def]
        host, _, address = os.environ.get(RESOLVED, "").partition("=")
        told = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        return real(address if host and told == host else name, *rest, **more)

    socket.getaddrinfo = getaddrinfo
