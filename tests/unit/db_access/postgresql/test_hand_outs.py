"""What is handed out is one sentence each, short however many are concerned."""

import pytest

from db_access.postgresql.hand_outs import Called, Fired, HandOut, HandOuts, Names, Through, ThroughRule

ONE, MANY = Names(("u",), 1), Names(("a", "b", "c", "d"), 500)
ON = Names(("bar.t (id)",), 1)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (Called(Names(("f()",), 1), "o", ONE), "function f() runs with the rights of 'o' for 'u'"),
        (
            Called(Names(("f()", "g()"), 2), "o", MANY),
            "functions f(), g() run with the rights of 'o' for 'a', 'b', 'c' and 497 more",
        ),
        (
            Fired("f()", Names(("t",), 1), "o", ONE),
            "function f() runs with the rights of 'o' as a trigger on table t, to which 'u' may write",
        ),
        (
            Through("v", False, "r", ON, "o", ONE),
            "view v lets 'u' SELECT bar.t (id) with the rights of 'o', which the spec doesn't give",
        ),
        (
            Through("v", True, "p", ON, "o", ONE),
            "materialized view v lets 'u' SELECT a part of bar.t (id) with the rights of 'o', which the spec doesn't "
            "give",
        ),
        (
            Through("v", False, "wad", ON, "o", ONE),
            "view v, if it is updatable, lets 'u' DELETE, INSERT, UPDATE on bar.t (id) with the rights of 'o', which "
            "the spec doesn't give",
        ),
        (
            ThroughRule("r", "v", "AW", ON, "o", ONE),
            "rule r on v reaches bar.t (id) with the rights of 'o' for 'u', by INSERT, UPDATE",
        ),
    ],
)
def test_each_way_is_a_sentence(found: HandOut, sentence: str) -> None:
    assert list(HandOuts((found,)).sentences()) == [sentence]


def test_what_is_not_listed_is_counted() -> None:
    assert list(HandOuts((), 1234).sentences()) == [
        "1,234 more views, rules and routines hand out rights of their owners to users of the spec"
    ]
