"""A schema's name in a grant stands for that schema alone, whatever letters it is of."""

from hypothesis import given
from hypothesis import strategies as st

from db_access.mysql.identifiers import identifier, literal, pattern
from db_access.mysql.proof.matching import matches

NAMES = st.text(alphabet="ab_%\\`'\".é", min_size=1, max_size=6)


@given(NAMES, NAMES)
def test_an_escaped_name_reaches_that_schema_and_no_other(one: str, other: str) -> None:
    assert matches(pattern(one, literally=False), one, literally=False)
    assert matches(pattern(one, literally=False), other, literally=False) == (one == other)
    assert matches(pattern(one, literally=True), other, literally=True) == (one == other)


@given(NAMES)
def test_what_is_quoted_ends_where_it_ends(one: str) -> None:
    for quote, mark in ((identifier, "`"), (literal, "'")):
        text = quote(one)
        assert text[0] == text[-1] == mark
        assert text[1:-1].replace(mark * 2, "") == one.replace(mark, "")
        assert text[1:-1].count(mark) == 2 * one.count(mark)


def test_a_pattern_that_is_none_of_ours_reaches_what_the_server_says() -> None:
    assert matches("f%", "foo", literally=False) and matches("fo_", "foo", literally=False)
    assert not matches("f%", "foo", literally=True)
    assert matches("fo\\_", "fo_", literally=False) and not matches("fo\\_", "foo", literally=False)
