"""Packets of a login are read within bounds, and put together as they were read."""

import asyncio
import itertools
from dataclasses import replace

import pytest

from keyless.rehearsal.endpoints.denial import Denial, NoConnectionError, NoCredentialsError
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets, proofs
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer, Greeting
from keyless.rehearsal.endpoints.mysql.protocol.packets import MalformedError, Refusal
from keyless.rehearsal.endpoints.mysql.proxy import client
from keyless.rehearsal.endpoints.mysql.proxy.commands import CHANGE_USER, Commands
from tests.rehearsal.endpoints.mysql import raw

NONCE = bytes(range(1, 21))


def _read(content: bytes) -> tuple[int, bytes]:
    async def read() -> tuple[int, bytes]:
        reader = asyncio.StreamReader()
        reader.feed_data(content)
        reader.feed_eof()
        return await packets.read(reader)

    return asyncio.run(read())


@pytest.mark.parametrize("size", [0, 1, 65_536])
def test_a_packet_is_read_as_it_was_written(size: int) -> None:
    assert _read(packets.packet(7, b"x" * size) + b"more") == (7, b"x" * size)


@pytest.mark.parametrize("size", [65_537, 0xFFFFFF])
def test_nothing_is_read_of_a_packet_that_no_login_has(size: int) -> None:
    with pytest.raises(MalformedError):
        _read(size.to_bytes(3, "little") + b"\1")


@pytest.mark.parametrize("proof", [b"", b"x" * 20, b"x" * 250])
@pytest.mark.parametrize("optional", list(itertools.product([0, 1], repeat=4)))
def test_an_answer_is_built_as_it_was_read(proof: bytes, optional: tuple[int, ...]) -> None:
    flags = (handshake.CONNECT_WITH_DB, handshake.PLUGIN_AUTH, handshake.LENENC_AUTH, handshake.SECURE_CONNECTION)
    given = dict(zip(flags, optional, strict=True))
    database = b"app" if given[handshake.CONNECT_WITH_DB] else b""
    plugin = b"any" if given[handshake.PLUGIN_AUTH] else b""
    capabilities = handshake.PROTOCOL_41 | sum(flag for flag, on in given.items() if on)
    answer = Answer(raw.fixed(capabilities), b"user", proof, database, plugin, b"attributes")
    assert Answer.parse(answer.build()) == answer


@pytest.mark.parametrize("size", [251, 1_300, 65_535])
def test_a_long_proof_has_its_length_before_it(size: int) -> None:
    fixed = raw.fixed(raw.CAPABILITIES | handshake.LENENC_AUTH)
    answer = Answer(fixed, b"user", b"t" * size, b"", b"any", b"")
    assert Answer.parse(answer.build()) == answer


def test_an_answer_that_ends_anywhere_else_is_malformed_or_another_one() -> None:
    whole = Answer(raw.fixed(raw.CAPABILITIES | handshake.CONNECT_WITH_DB), b"user", NONCE, b"app", b"any", b"").build()
    for end in range(len(whole)):
        with pytest.raises(MalformedError):
            Answer.parse(whole[:end])


def test_a_greeting_is_built_as_it_was_read() -> None:
    capabilities = handshake.PROTOCOL_41 | handshake.PLUGIN_AUTH | 0x81FF0000
    greeting = Greeting(b"10.11.1-MariaDB", 77, NONCE, capabilities, b"\x2d\2\0", b"\0" * 6 + b"\x1d\0\0\0", b"any")
    assert Greeting.parse(greeting.build()) == greeting
    for end in range(40):
        with pytest.raises(MalformedError):
            Greeting.parse(greeting.build()[:end])


def test_a_request_for_tls_has_no_login_in_it() -> None:
    request = raw.fixed(raw.CAPABILITIES | handshake.TLS)
    assert handshake.requests_tls(request)
    assert not handshake.requests_tls(raw.fixed(raw.CAPABILITIES) + b"user\0")
    with pytest.raises(MalformedError):
        handshake.requests_tls(request + b"user\0\0")


@pytest.mark.parametrize("plugin", [proofs.NATIVE, proofs.CACHING_SHA2])
def test_a_proof_is_of_one_password_and_one_nonce(plugin: bytes) -> None:
    made = {proofs.proof(plugin, word, nonce) for word in ("a", "b") for nonce in (NONCE, NONCE[::-1])}
    assert len(made) == 4
    assert proofs.proof(plugin, "", NONCE) == b""


def test_each_denial_has_its_error_number() -> None:
    def number(denial: Denial) -> int:
        return int.from_bytes(packets.answer(denial)[1:3], "little")

    denials = (Denial("x"), NoConnectionError(), NoCredentialsError("x", "y"), Refusal(3159, "HY000", "x"))
    assert [number(denial) for denial in denials] == [1105, 9501, 1045, 3159]
    assert packets.error_text(packets.answer(Denial("why"))) == "why"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 100])
def test_a_command_is_known_in_whatever_pieces_it_comes(step: int) -> None:
    hidden = packets.packet(0, b"\x03SELECT \x11") + packets.packet(1, b"\x11 of a file") + packets.packet(2, b"")
    sent = hidden + packets.packet(0, bytes([CHANGE_USER]) + b"user\0") + packets.packet(0, b"\x01")
    commands, found = Commands(), list[int]()
    for at in range(0, len(sent), step):
        found += commands.begun(sent[at : at + step])
    assert found == [3, CHANGE_USER, 1]


def test_what_continues_a_packet_begins_no_command() -> None:
    commands = Commands()
    long = packets.packet(0, b"\x03" + b"x" * 0xFFFFFE)
    assert commands.begun(long + packets.packet(0, b"\x11")) == [3]
    assert commands.begun(packets.packet(0, b"\x11")) == [CHANGE_USER]


def test_what_was_not_offered_is_not_taken() -> None:
    wanted = raw.CAPABILITIES | handshake.COMPRESS | handshake.ZSTD
    asked = client.asked(Answer(raw.fixed(wanted), b"user", b"", b"", b"", b""))
    assert asked.capabilities == raw.CAPABILITIES
    assert asked == replace(asked, fixed=raw.fixed(raw.CAPABILITIES))
