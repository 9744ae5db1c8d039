"""A violation's sentence says for how many objects it stands, and in what they are alike."""

import pytest

from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.proof.compare import ObjectClass, Violation


@pytest.mark.parametrize(
    ("count", "what"),
    [
        (1, "table foo.event"),
        (2, "table foo.event and 1 other table with the same owner and rights"),
        (2001, "table foo.event and 2,000 other tables with the same owner and rights"),
    ],
)
def test_what_a_violation_stands_for(count: int, what: str) -> None:
    of = ObjectClass(Kind.TABLE, "foo", None, None, "event", oid=1, count=count, owner="app_owner")
    missing = Violation("reader", of, (Privilege.SELECT,), missing=True)
    assert missing.sentence({}) == f"'reader' can't SELECT on {what}, though the spec gives it"
    held = Violation("reader", of, (Privilege.SELECT,), missing=False)
    assert held.sentence({Privilege.SELECT: "a grant to the user"}).startswith(
        f"'reader' can SELECT on {what}, through "
    )


@pytest.mark.parametrize(
    ("privileges", "has", "lacks"),
    [
        ([Privilege.SELECT, Privilege.INSERT], "can SELECT, INSERT on", "can't SELECT, INSERT on"),
        ([Privilege.USAGE], "has USAGE on", "lacks USAGE on"),
        ([Privilege.CREATE, Privilege.USAGE], "has CREATE, USAGE on", "lacks CREATE, USAGE on"),
    ],
)
def test_a_sentence_is_english_whatever_the_privilege_and_the_user_are_named(
    privileges: list[Privilege], has: str, lacks: str
) -> None:
    of = ObjectClass(Kind.SCHEMA, "foo", None, None, "foo", oid=1, count=1, owner="app_owner")
    held, missing = (Violation("users", of, tuple(privileges), missing=missing) for missing in (False, True))
    assert held.sentence({}) == (
        f"'users' {has} schema foo, by a route that `keyless who can` shows, though the spec doesn't give it"
    )
    assert missing.sentence({}) == f"'users' {lacks} schema foo, though the spec gives it"
