"""A name's addresses, and how long each of them may take. RDS Proxy has one in each zone, and a zone may be gone."""

import os
import socket
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

import psycopg

_share: ContextVar[float | None] = ContextVar("share", default=None)
"""Seconds that an address has to take a connection."""


def addresses(host: str, port: int) -> dict[str, str]:
    """libpq's parameters for all addresses of `host`.

    Raises:
        psycopg.OperationalError: as psycopg has it, where the name can't be resolved.
    """
    if os.environ.get("PGHOSTADDR"):
        return {}
    name = host.encode() if host.isascii() else host  # for a str, Python would import its codec of IDNA first
    try:
        found = socket.getaddrinfo(name, port, proto=socket.IPPROTO_TCP, type=socket.SOCK_STREAM)
    except OSError as error:
        raise psycopg.OperationalError(f"failed to resolve host {host!r}: {error}") from None
    ours = list(dict.fromkeys(str(one[4][0]) for one in found))
    return {"host": ",".join([host] * len(ours)), "hostaddr": ",".join(ours)}


@contextmanager
def shared(seconds: float, parameters: Mapping[str, Any]) -> Iterator[None]:
    """Within it, each of the addresses in libpq's `parameters` has its share of `seconds` to take a connection. One
    that has taken it may use them all."""
    several = str(parameters.get("hostaddr", "")).count(",")
    token = _share.set(seconds / (several + 1) if several else None)
    try:
        yield
    finally:
        _share.reset(token)


class Dialled:
    """A connection, of psycopg's or of asyncio, that leaves an address where nobody takes it."""

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Generator[Any, Any, Any]:
        """psycopg's, which asks first for the moment that the address has taken the connection."""
        steps: Generator[Any, Any, Any] = super()._connect_gen(conninfo)  # type: ignore[misc]
        share, began, taken = _share.get(), monotonic(), False
        wanted = next(steps)
        while True:
            ready = yield wanted
            taken = taken or bool(ready)
            if share is not None and not taken and monotonic() - began > share:
                raise psycopg.errors.ConnectionTimeout("timeout expired: nobody takes a connection at this address")
            try:
                wanted = steps.send(ready)
            except StopIteration as done:
                return done.value
