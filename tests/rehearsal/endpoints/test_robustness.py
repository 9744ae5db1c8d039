"""Garbage, silence and broken connections don't hurt the endpoints, and nothing is left when they stop."""

import contextlib
import os
import socket
import ssl
import struct
import threading
import time
from pathlib import Path

import psycopg
import pytest

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.listening import Endpoints
from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import server_context
from tests.conftest import Database
from tests.rehearsal.endpoints import world as endpoint_world
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import World, running_world
from tests.rehearsal.waiting import wait_until


def _connect(endpoint: Endpoint) -> socket.socket:
    return socket.create_connection((endpoint.address, endpoint.port), timeout=10)


def _tls(world: World, endpoint: Endpoint) -> ssl.SSLSocket:
    sock = _connect(endpoint)
    sock.sendall(wire.packet(wire.SSL_REQUEST))
    assert sock.recv(1) == b"S"
    return ssl.create_default_context(cafile=str(world.authority.root)).wrap_socket(sock, server_hostname=endpoint.host)


def _ends(sock: socket.socket) -> bytes:
    """What the endpoint still sends before it closes the connection."""
    sent = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while chunk := sock.recv(4096):
            sent += chunk
    sock.close()
    return sent


GARBAGE = {
    "web request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "direct TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "zeros": bytes(64),
    "noise": bytes(range(256)),
    "huge length": struct.pack("!II", 0xFFFFFFFF, wire.VERSION_3_0),
    "too short": struct.pack("!II", 7, wire.VERSION_3_0),
    "protocol 2": wire.packet(2 << 16, b"x"),
    "no user": wire.startup({"database": "app"}),
    "no terminator": wire.packet(wire.VERSION_3_0, b"user\0x"),
    "not UTF-8": wire.packet(wire.VERSION_3_0, b"user\0\xff\xfe\0\0"),
    "odd words": wire.packet(wire.VERSION_3_0, b"user\0"),
    "cancel without key": wire.packet(wire.CANCEL_REQUEST),
    "cancel with another key": wire.packet(wire.CANCEL_REQUEST, bytes(8)),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_hung_up_on_and_others_still_log_in(world: World, kind: str) -> None:
    for endpoint in (world.cluster, world.proxy):
        sock = _connect(endpoint)
        sock.sendall(GARBAGE[kind])
        with contextlib.suppress(OSError):  # hung up on already
            sock.shutdown(socket.SHUT_WR)
        _ends(sock)
    assert world.enter(world.proxy) == USER


def test_text_sent_before_the_handshake_is_never_taken_as_sent_inside_it(world: World) -> None:
    sock = _connect(world.cluster)
    sock.sendall(wire.packet(wire.SSL_REQUEST) + wire.startup({"user": USER}))
    assert sock.recv(1) == b"S"
    context = ssl.create_default_context(cafile=str(world.authority.root))
    with pytest.raises((ssl.SSLError, ConnectionError)), context.wrap_socket(sock, server_hostname=world.cluster.host):
        pass


@pytest.mark.parametrize(
    "answer", [struct.pack("!cI", b"p", 1 << 30), struct.pack("!cI", b"p", 0), wire.message(b"Q", b"SELECT 1\0")]
)
def test_an_answer_that_is_not_a_token_is_refused(world: World, answer: bytes) -> None:
    for endpoint in (world.cluster, world.proxy):
        sock = _tls(world, endpoint)
        sock.sendall(wire.startup({"user": USER, "database": "app"}))
        assert sock.recv(9) == wire.message(b"R", wire.CLEAR_TEXT_PASSWORD)
        sock.sendall(answer)
        assert b"08P01" in _ends(sock)
    wait_until(lambda: world.sessions() == 0)


def test_silent_clients_are_dropped_at_every_step(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_world, "LOGIN_SECONDS", 0.3)
    with running_world(database, tmp_path) as world:
        for endpoint in (world.cluster, world.proxy):
            mute, half, asked = _connect(endpoint), _connect(endpoint), _tls(world, endpoint)
            half.sendall(wire.packet(wire.SSL_REQUEST))
            assert half.recv(1) == b"S"
            asked.sendall(wire.startup({"user": USER, "database": "app"}))
            for sock in (mute, half, asked):
                _ends(sock)
        wait_until(lambda: world.sessions() == 0)


@pytest.mark.parametrize("through", ["cluster", "proxy"])
def test_a_client_that_is_killed_frees_its_session(world: World, through: str) -> None:
    endpoint: Endpoint = getattr(world, through)
    sock = _tls(world, endpoint)
    sock.sendall(wire.startup({"user": USER, "database": "app"}))
    sock.recv(9)
    sock.sendall(wire.message(b"p", world.writer.token(endpoint).encode() + b"\0"))
    wait_until(lambda: world.sessions() == 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an orderly end
    os.close(sock.detach())
    wait_until(lambda: world.sessions() == 0)


def test_a_session_that_the_database_ends_is_ended_for_the_client_with_its_reason(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        with world.database.superuser() as superuser:
            superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [USER])
        with pytest.raises(psycopg.OperationalError, match="terminating connection due to administrator command"):
            connection.execute("SELECT 1")


def test_a_client_that_reads_nothing_blocks_nobody(world: World) -> None:
    sock = _tls(world, world.cluster)
    sock.sendall(wire.startup({"user": USER, "database": "app"}))
    sock.recv(9)
    sock.sendall(wire.message(b"p", world.writer.token(world.cluster).encode() + b"\0"))
    sock.sendall(wire.message(b"Q", b"SELECT repeat('x', 100000000)\0"))
    time.sleep(0.2)
    assert world.enter(world.proxy) == USER
    sock.close()
    wait_until(lambda: world.sessions() == 0)


def test_nothing_is_left_after_stop_even_of_open_sessions(database: Database, tmp_path: Path) -> None:
    threads, files = set(threading.enumerate()), _open_files()
    with running_world(database, tmp_path) as world:
        session = world.login(world.proxy, world.writer.token(world.proxy))
        half = _connect(world.cluster)
    for endpoint in (world.cluster, world.proxy):
        with pytest.raises(ConnectionRefusedError):
            _connect(endpoint)
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    session.close()
    half.close()
    wait_until(lambda: world.sessions() == 0)
    assert set(threading.enumerate()) <= threads
    assert _open_files() <= files


def _open_files() -> set[str]:
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_an_address_that_is_taken_is_named_and_the_others_are_given_back(
    world: World, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    second = World(database, tmp_path / "second")
    with _listening(second.proxy), pytest.raises(OSError, match=rf"can't listen on {second.proxy.address}:5432"):
        second.endpoints().start()
    with pytest.raises(ConnectionRefusedError):
        _connect(second.cluster)


def test_endpoints_may_be_stopped_before_they_start_and_twice(world: World) -> None:
    never = Endpoints()
    never.stop()
    never.start()
    never.stop()
    never.stop()


def _listening(endpoint: Endpoint) -> socket.socket:
    return socket.create_server((endpoint.address, endpoint.port))


def test_the_endpoints_speak_no_tls_older_than_1_2(world: World) -> None:
    context = server_context(world.authority.server("a.example"))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_crowd_of_strangers_does_not_keep_a_client_out(world: World) -> None:
    strangers = [_connect(world.proxy) for _ in range(200)]
    for number, sock in enumerate(strangers):
        sock.sendall(os.urandom(200) if number % 2 else b"")
    assert world.enter(world.proxy) == USER
    for sock in strangers:
        sock.close()
