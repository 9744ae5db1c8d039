"""PostgreSQL's messages of a login, read and written as the protocol's documentation says."""

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.wire import Login, Packet, Refusal

_WORD = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


def _reader(content: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return reader


def _packet(content: bytes) -> Packet:
    async def read() -> Packet:
        return await wire.read_packet(_reader(content))

    return asyncio.run(read())


def _message(content: bytes) -> tuple[bytes, bytes]:
    async def read() -> tuple[bytes, bytes]:
        return await wire.read_message(_reader(content))

    return asyncio.run(read())


@given(st.dictionaries(_WORD, _WORD, max_size=5), _WORD)
def test_a_startup_message_is_read_as_it_was_written(more: dict[str, str], user: str) -> None:
    parameters = {**more, "user": user}
    assert wire.login(_packet(wire.startup(parameters))) == Login(parameters, wire.VERSION_3_0)
    assert wire.login(_packet(wire.startup(parameters, wire.VERSION_3_2))) == Login(parameters, wire.VERSION_3_2)


def test_the_database_is_the_users_namesake_unless_named() -> None:
    assert wire.login(_packet(wire.startup({"user": "a"}))).database == "a"
    assert wire.login(_packet(wire.startup({"user": "a", "database": "b"}))).database == "b"


@given(st.binary(max_size=100))
def test_any_bytes_are_a_login_or_a_refusal(body: bytes) -> None:
    try:
        assert wire.login(Packet(wire.VERSION_3_0, body)).user
    except Refusal as refusal:
        assert refusal.reason


@pytest.mark.parametrize("length", [0, 4, 7, 10_001, 0xFFFFFFFF])
def test_a_startup_packet_of_an_impossible_length_is_refused_unread(length: int) -> None:
    with pytest.raises(Refusal, match="invalid length of startup packet"):
        _packet(struct.pack("!II", length, wire.VERSION_3_0))


@pytest.mark.parametrize("length", [0, 3, 65_537, 0xFFFFFFFF])
def test_a_message_of_an_impossible_length_is_refused_unread(length: int) -> None:
    with pytest.raises(Refusal, match="invalid message length"):
        _message(struct.pack("!cI", b"p", length))


def test_a_message_is_read_as_it_was_written() -> None:
    assert _message(wire.message(b"p", b"secret\0")) == (b"p", b"secret\0")


@pytest.mark.parametrize("code", [2 << 16, (2 << 16) + 9999, 4 << 16])
def test_another_major_protocol_version_is_refused(code: int) -> None:
    with pytest.raises(Refusal, match=f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}"):
        wire.login(Packet(code, b"user\0a\0\0"))


def test_an_errors_text_is_found_in_it() -> None:
    kind, body = _message(wire.error("28000", "no entry"))
    assert (kind, wire.error_text(body)) == (b"E", "no entry")
    assert b"C28000\0" in body


def test_a_client_that_asks_for_no_more_than_3_0_is_not_negotiated_with() -> None:
    assert wire.negotiated(Login({"user": "a"})) == b""


@pytest.mark.parametrize(
    ("login", "options"),
    [
        (Login({"user": "a"}, wire.VERSION_3_2), []),
        (Login({"user": "a", "_pq_.new": "1"}), [b"_pq_.new"]),
        (Login({"_pq_.a": "", "user": "a", "_pq_.b": "2"}, wire.VERSION_3_2 + 7), [b"_pq_.a", b"_pq_.b"]),
    ],
)
def test_what_is_newer_than_3_0_is_named_and_left_out(login: Login, options: list[bytes]) -> None:
    kind, body = _message(wire.negotiated(login))
    assert (kind, struct.unpack("!II", body[:8])) == (b"v", (wire.VERSION_3_0, len(options)))
    assert body[8:] == b"".join(option + b"\0" for option in options)
    assert login.of_3_0() == Login({"user": "a"})
