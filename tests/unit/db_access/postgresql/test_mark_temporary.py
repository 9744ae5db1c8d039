"""What a comment records of memberships for a while, written and read; comments are anybody's who may write them."""

from datetime import UTC, datetime

import pytest

from db_access.plan.roles import Role
from db_access.plan.temporary import Temporary
from db_access.postgresql.mark import comment, parse

UNTIL = datetime(2031, 1, 31, 12, tzinfo=UTC)


def recorded(text: str) -> tuple[Temporary, ...]:
    return parse(f"on call [granted {text}] [managed by us]").temporary


@pytest.mark.parametrize("words", ["", "ticket 7", "[managed by them]", ']"} \\ \n \x1b[31m', "ünï 🙂", "'; --"])
def test_what_is_written_is_read(words: str) -> None:
    granted = (Temporary("reader", UNTIL, words, words), Temporary('wri"ter[]', UNTIL, "bob", ""))
    role = Role("alice", description="on call", managed_by="us", password_version="arn:1", temporary=granted)
    text = comment(role)
    assert text.isascii()
    assert parse(text).temporary == granted
    assert (parse(text).description, parse(text).managed_by, parse(text).password_version) == ("on call", "us", "arn:1")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "nothing",
        '{"group": "g", "until": "2031-01-31T12:00:00", "by": "b", "reason": ""}',
        '{"group": "g", "until": "2031-01-31", "by": "b", "reason": ""}',
        '{"group": "g", "until": 1, "by": "b", "reason": ""}',
        '{"group": "g", "until": "9999-12-31T23:59:59-14:00", "by": "b", "reason": ""}',
        r'{"group": "g", "until": "2031-01-31T12:00:00+00:00", "by": "\ud800", "reason": ""}',
        '{"a":' * 5000,
    ],
)
def test_what_is_no_record_is_over(text: str) -> None:
    (found,) = recorded(text)
    assert found.group == "" and found.until.year == 1


def test_a_record_without_a_mark_is_a_description() -> None:
    assert parse('[granted {"group": "reader"}]').temporary == ()


def test_more_records_than_a_user_can_have_are_no_records() -> None:
    """A bound on what is looked at, whatever somebody has written."""
    found = parse("[granted x] " * 10_000 + "[managed by us]")
    assert len(found.temporary) == 20 and found.managed_by == "us"
