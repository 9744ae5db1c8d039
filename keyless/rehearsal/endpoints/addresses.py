"""Loopback addresses for the stand-ins of endpoints.

On Linux all of 127.0.0.0/8 is loopback, so each can listen on the real port.
"""

import random
import socket

_TRIES_PER_ADDRESS = 20


def free_loopback_addresses(count: int, port: int = 5432) -> tuple[str, ...]:
    """That many different addresses, picked at random, where `port` can be listened on now.

    Raises OSError when there seem to be none: a process that listens on every address takes the port on all of these.
    """
    found: dict[str, None] = {}
    for _ in range(count * _TRIES_PER_ADDRESS):
        address = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 - not a secret
        if _free(address, port):
            found[address] = None
        if len(found) == count:
            return tuple(found)
    raise OSError(
        f"port {port} can't be listened on at any loopback address; a process seems to hold it on all of them "
        f"(`ss -ltnp 'sport = :{port}'` shows it): stop that, or let it listen on one address only"
    )


def _free(address: str, port: int) -> bool:
    try:
        socket.create_server((address, port)).close()
    except OSError:
        return False
    return True
