"""Direct TLS and newer protocols: the gate takes what the server behind it takes, whatever its version; the proxy speaks
protocol 3.0 only."""

import contextlib
import socket
import ssl
import struct
import threading

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import ALPN
from keyless.rehearsal.servers.postgres import Postgres
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import KEEPER, World, running_world

NEWEST = {"max_protocol_version": "latest"}


def _server(world: World) -> tuple[str, int]:
    return world.database.server.address, world.database.server.port


def _gate(world: World) -> tuple[str, int]:
    return world.cluster.address, world.cluster.port


def _encrypt(world: World, sock: socket.socket, alpn: str | None) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(world.authority.root))
    if alpn:
        context.set_alpn_protocols([alpn])
    return context.wrap_socket(sock, server_hostname=world.cluster.host)


def _answered_directly(world: World, address: tuple[str, int], alpn: str | None) -> bool:
    """Whether a startup message in a connection that began with the handshake is answered."""
    hung_up = contextlib.suppress(ssl.SSLError, ConnectionError)
    with hung_up, socket.create_connection(address, timeout=10) as sock, _encrypt(world, sock, alpn) as encrypted:
        encrypted.sendall(wire.startup({"user": KEEPER, "database": "app"}))
        return encrypted.recv(1) == b"R"
    return False


def _negotiated(world: World, address: tuple[str, int], version: int, *options: str) -> tuple[bytes, bytes]:
    """The first message of a server to a client of this version."""
    with socket.create_connection(address, timeout=10) as sock:
        sock.sendall(wire.packet(wire.SSL_REQUEST))
        assert sock.recv(1) == b"S"
        with _encrypt(world, sock, ALPN) as encrypted:
            parameters = {"user": KEEPER, "database": "app", **{f"_pq_.{name}": "1" for name in options}}
            encrypted.sendall(wire.startup(parameters, version))
            kind, length = struct.unpack("!cI", encrypted.recv(5))
            return kind, encrypted.recv(length - 4)


@pytest.mark.parametrize("alpn", [ALPN, None, "http/1.1"])
def test_a_client_that_begins_with_the_handshake_is_answered_as_by_the_server(world: World, alpn: str | None) -> None:
    expected = alpn == ALPN and world.database.server.version() >= 170000
    assert _answered_directly(world, _server(world), alpn) is expected
    assert _answered_directly(world, _gate(world), alpn) is expected


def test_direct_tls_logs_in_with_a_token_where_the_server_takes_it(world: World) -> None:
    takes = world.database.server.version() >= 170000
    with contextlib.nullcontext() if takes else pytest.raises(psycopg.OperationalError):
        assert world.enter(world.cluster, sslnegotiation="direct") == USER


def test_in_front_of_an_older_server_direct_tls_is_hung_up_on(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(Postgres, "version", lambda _: 160009)
    with world.database.superuser() as superuser:
        superuser.execute("DROP OWNED BY lambda_writer, keeper, rdsproxyadmin")
        superuser.execute("DROP ROLE lambda_writer, keeper, rdsproxyadmin")
    with running_world(world.database, tmp_path_factory.mktemp("older")) as older:
        assert older.enter(older.cluster) == USER
        with pytest.raises(psycopg.OperationalError):
            older.enter(older.cluster, sslnegotiation="direct")


def test_the_proxy_takes_no_direct_tls(world: World) -> None:
    with pytest.raises(psycopg.OperationalError):
        world.enter(world.proxy, sslnegotiation="direct")
    assert world.enter(world.proxy) == USER


@pytest.mark.parametrize("options", [(), ("one", "another")], ids=str)
@pytest.mark.parametrize("version", [wire.VERSION_3_0, wire.VERSION_3_2, (3 << 16) + 9999])
def test_a_newer_protocol_is_negotiated_as_by_the_server(world: World, version: int, options: tuple[str, ...]) -> None:
    by_server = _negotiated(world, _server(world), version, *options)
    assert _negotiated(world, _gate(world), version, *options) == by_server
    assert (by_server[0] == wire.NEGOTIATE_PROTOCOL_VERSION) or not options


def test_a_client_of_the_newest_protocol_logs_in_and_cancels(world: World) -> None:
    """From PostgreSQL 18 on with a key of 32 bytes instead of four."""
    with psycopg.connect(make_conninfo(world.database.superuser_conninfo, **NEWEST)) as straight:
        newest = straight.pgconn.full_protocol_version
    with world.login(world.cluster, world.writer.token(world.cluster), **NEWEST) as connection:
        assert connection.pgconn.full_protocol_version == newest
        timer = threading.Timer(0.2, connection.cancel_safe)
        timer.start()
        with pytest.raises(errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(20)")
        timer.join()


def test_the_proxy_negotiates_down_to_3_0(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy), **NEWEST) as connection:
        assert connection.pgconn.full_protocol_version == 30000
    with pytest.raises(psycopg.OperationalError, match="protocol version"):
        world.enter(world.proxy, min_protocol_version="3.2", **NEWEST)
