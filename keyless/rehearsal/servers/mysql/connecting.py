"""PyMySQL's connections over sockets of ours, which are closed whatever happens: PyMySQL forgets some that fail."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pymysql
from pymysql.connections import Connection


def over(sock: socket.socket, **options: Any) -> Connection:
    """PyMySQL's connection in autocommit mode over a connected socket, which is closed with it and when that fails."""
    connection = pymysql.connect(autocommit=True, defer_connect=True, **options)
    with closed_on_failure(sock):
        connection.connect(sock)
    return connection


@contextlib.contextmanager
def closed_on_failure(sock: socket.socket) -> Iterator[None]:
    """The socket is the block's to close unless that fails."""
    try:
        yield
    except BaseException:
        sock.close()
        raise
