"""Connecting to a server that never answers ends with the timeout."""

import socket

import pytest

from keyless_client import ConnectError, open_connection


def test_connecting_to_a_silent_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE123456789"),
        ("AWS_SECRET_ACCESS_KEY", "example"),
        ("PGHOSTADDR", "127.0.0.1"),
    ):
        monkeypatch.setenv(name, value)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(ConnectError, match="the function's security group allows traffic to the database's on port"),
    ):
        open_connection(
            host="app.proxy-0a1b2c.us-east-1.rds.amazonaws.com",
            port=silent.getsockname()[1],
            user="w",
            dbname="app",
            region="us-east-1",
            connect_timeout=2,  # libpq allows no less
        )
