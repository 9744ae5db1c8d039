"""Garbage, silence and broken connections don't hurt the endpoints, and nothing is left when they stop."""

import contextlib
import os
import socket
import struct
import threading
import time
from pathlib import Path

import pymysql
import pytest

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from tests.mysql.servers import Instance, rows
from tests.rehearsal.endpoints.mysql import raw
from tests.rehearsal.endpoints.mysql import world as endpoint_world
from tests.rehearsal.endpoints.mysql.world import World, running_world
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.waiting import wait_until

_FIXED = raw.fixed(raw.CAPABILITIES)
GARBAGE = {
    "web request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "direct TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "zeros": bytes(64),
    "noise": bytes(range(256)),
    "huge length": b"\xff\xff\xff\x01",
    "a length without content": b"\x20\x00\x00\x01",
    "older than 4.1": packets.packet(1, struct.pack("<HI", 0, 0) + b"root\0"),
    "a user without an end": packets.packet(1, _FIXED + b"root"),
    "no proof": packets.packet(1, _FIXED + b"root\0"),
    "a proof that is shorter than it says": packets.packet(1, _FIXED + b"root\0\x14abc"),
    "a plugin without an end": packets.packet(1, _FIXED + b"root\0\0mysql"),
    "a proof of 16 MB": packets.packet(
        1, raw.fixed(raw.CAPABILITIES | handshake.LENENC_AUTH) + b"root\0\xfd\xff\xff\xff"
    ),
    "nobody": packets.packet(1, _FIXED + b"\0\0\0"),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_hung_up_on_and_others_still_log_in(world: World, kind: str) -> None:
    for endpoint in (world.cluster, world.proxy):
        sock = raw.connect(endpoint)
        sock.sendall(GARBAGE[kind])
        with contextlib.suppress(OSError):  # hung up on already
            sock.shutdown(socket.SHUT_WR)
        raw.ends(sock)
        assert world.enter(endpoint) == USER


@pytest.mark.parametrize("size", [1 << 16, (1 << 24) - 1])
def test_a_token_of_a_size_that_no_token_has_is_not_read(world: World, size: int) -> None:
    for endpoint in (world.cluster, world.proxy):
        client, _ = raw.encrypted(world, endpoint)
        assert packets.asks_for_token(client.ask(raw.answer(USER.encode())))
        client.sock.sendall((size + 1 if size == 1 << 16 else size).to_bytes(3, "little") + bytes([client.last + 1]))
        assert raw.ends(client.sock) == b""
    wait_until(lambda: world.sessions() == 0)


def test_silent_clients_are_dropped_at_every_step(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_world, "LOGIN_SECONDS", 0.3)
    with running_world(instance, tmp_path) as world:
        for endpoint in (world.cluster, world.proxy):
            mute, (half, _), (asked, _) = raw.connect(endpoint), raw.greeted(endpoint), raw.encrypted(world, endpoint)
            half.send(raw.fixed(raw.CAPABILITIES | handshake.TLS))
            asked.send(raw.answer(USER.encode()))
            for sock in (mute, half.sock, asked.sock):
                raw.ends(sock)
        wait_until(lambda: world.sessions() == 0)


@pytest.mark.parametrize("through", ["cluster", "proxy"])
def test_a_client_that_is_killed_frees_its_session(world: World, through: str) -> None:
    endpoint: Endpoint = getattr(world, through)
    sock = raw.logged_in(world, endpoint).sock
    wait_until(lambda: world.sessions() == 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an orderly end
    os.close(sock.detach())
    wait_until(lambda: world.sessions() == 0)


def test_a_session_that_the_database_ends_is_ended_for_the_client(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        with world.instance.superuser() as owner:
            query = "SELECT id FROM information_schema.processlist WHERE user = %s"
            ((number,),) = rows(owner, query, USER)
            rows(owner, "KILL %s", number)
        with pytest.raises(pymysql.Error):
            rows(connection, "SELECT 1")


def test_a_client_that_reads_nothing_blocks_nobody(world: World) -> None:
    client = raw.logged_in(world, world.cluster)
    client.last = -1
    client.send(raw.QUERY + b"SELECT REPEAT('x', 15000000)")
    time.sleep(0.2)
    assert world.enter(world.proxy) == USER
    client.sock.close()
    wait_until(lambda: world.sessions() == 0)


def test_nothing_is_left_after_stop_even_of_open_sessions(instance: Instance, tmp_path: Path) -> None:
    threads, files = set(threading.enumerate()), _open_files()
    with running_world(instance, tmp_path) as world:
        session = world.login(world.proxy, world.writer.token(world.proxy))
        half = raw.connect(world.cluster)
    for endpoint in (world.cluster, world.proxy):
        with pytest.raises(ConnectionRefusedError):
            raw.connect(endpoint)
    with pytest.raises(pymysql.Error):
        rows(session, "SELECT 1")
    session.close()
    half.close()
    wait_until(lambda: world.sessions() == 0)
    assert set(threading.enumerate()) <= threads
    assert _open_files() <= files


def _open_files() -> set[str]:
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_a_crowd_of_strangers_does_not_keep_a_client_out(world: World) -> None:
    strangers = [raw.connect(world.proxy) for _ in range(200)]
    for number, sock in enumerate(strangers):
        sock.sendall(os.urandom(200) if number % 2 else b"")
    assert world.enter(world.proxy) == USER
    for sock in strangers:
        sock.close()
