"""A client's statements are found in what it sends, in whatever pieces it comes."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.proxy.pinning.conversation import HELD, Conversation, Statement

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
_QUERY = _TEXT.map(lambda text: (wire.message(b"Q", f"{text}\0".encode()), text))
_PARSE = st.tuples(_TEXT, _TEXT).map(
    lambda pair: (wire.message(b"P", f"{pair[0]}\0{pair[1]}\0".encode() + struct.pack("!HI", 1, 23)), pair[1])
)
_OTHER = st.tuples(st.sampled_from([b"B", b"E", b"S", b"d", b"c", b"p"]), st.binary(max_size=40)).map(
    lambda pair: (wire.message(*pair), None)
)


@given(st.lists(st.one_of(_QUERY, _PARSE, _OTHER), max_size=8), st.data())
def test_all_statements_are_found_in_order(messages: list[tuple[bytes, str | None]], data: st.DataObject) -> None:
    sent, found, conversation = b"".join(content for content, _ in messages), list[Statement](), Conversation()
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        found += conversation.statements(sent[:size])
        sent = sent[size:]
    assert [each.text for each in found] == [text for _, text in messages if text is not None]
    assert all(each.size == len(each.text.encode()) for each in found)


def test_of_a_text_that_is_not_waited_for_the_size_is_told_and_the_rest_is_skipped() -> None:
    conversation = Conversation()
    long, chunk = wire.message(b"Q", b"x" * (HELD + 100_000)), 65_536
    found = [
        each for start in range(0, len(long), chunk) for each in conversation.statements(long[start : start + chunk])
    ]
    assert found == [Statement("", len(long))]
    assert list(conversation.statements(wire.message(b"Q", b"SELECT 1\0"))) == [Statement("SELECT 1", 8)]


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(sent: bytes) -> None:
    list(Conversation().statements(sent))
