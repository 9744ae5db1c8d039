"""Loopback addresses for endpoints: free ones, or an error that says what is in the way."""

import ipaddress
import socket

import pytest

from keyless.rehearsal.endpoints.addresses import free_loopback_addresses


def test_addresses_are_different_loopback_addresses_where_the_port_can_be_listened_on() -> None:
    addresses = free_loopback_addresses(5)
    assert len(set(addresses)) == 5
    for address in addresses:
        assert ipaddress.ip_address(address).is_loopback
        socket.create_server((address, 5432)).close()


def test_a_process_that_holds_the_port_on_every_address_is_an_error_naming_the_port() -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        port = everywhere.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} can't be listened on at any loopback address"):
            free_loopback_addresses(2, port)
