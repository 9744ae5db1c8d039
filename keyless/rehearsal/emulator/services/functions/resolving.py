"""Where the name of a database's endpoint leads: libpq is told by PGHOSTADDR, and MySQL's clients have no such variable.
Put in front of ministack's script for a function's process: it may use nothing but the standard library.
"""

import os
import socket

VARIABLE = "KEYLESS_REHEARSAL_ADDRESS"
"""HOST=ADDRESS. No function reads it."""
_real = socket.getaddrinfo


def _getaddrinfo(name, *rest, **more):  # type: ignore[no-untyped-def]  # Python's own
    host, _, address = os.environ.get(VARIABLE, "").partition("=")
    same = host and (name.decode("ascii", "replace") if isinstance(name, bytes) else name) == host
    return _real(address if same else name, *rest, **more)


socket.getaddrinfo = _getaddrinfo  # type: ignore[assignment]
