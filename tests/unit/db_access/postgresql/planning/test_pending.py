"""What `only` names and nobody has made yet."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.privileges import Kind
from db_access.postgresql.planning.pending import pending
from db_access.postgresql.state import Current
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import objects

THERE = (
    objects(Kind.TABLE, "t"),
    objects(Kind.SEQUENCE, "s"),
    objects(Kind.FUNCTION, "f(integer)", "f()"),
    objects(Kind.TABLE, "t", columns=("c",)),
    objects(Kind.TABLE, "elsewhere", schema="bar"),
)
LATER = "which `only` names, doesn't exist yet: run again when it does"


@pytest.mark.parametrize(
    ("grant", "sentences"),
    [
        ({"tables": ["SELECT"]}, []),
        ({"tables": ["SELECT"], "only": ["foo.t"]}, []),
        ({"tables": ["SELECT"], "only": ["foo.b", "foo.a"]}, [f"foo.a, {LATER}", f"foo.b, {LATER}"]),
        ({"tables": ["SELECT"], "only": ["foo.elsewhere"]}, [f"foo.elsewhere, {LATER}"]),
        ({"tables": ["SELECT"], "only": ["foo.s"]}, [f"foo.s, {LATER}"]),
        ({"access": "append_only", "only": ["foo.s", "foo.t"]}, []),
        ({"functions": ["EXECUTE"], "only": ["foo.f()"]}, []),
        ({"functions": ["EXECUTE"], "only": ["foo.f(text)"]}, [f"foo.f(text), {LATER}; there is f(), f(integer)"]),
        ({"key_columns": ["id"], "only": ["foo.x"]}, [f"foo.x, {LATER}"]),
    ],
)
def test_an_object_is_pending_until_one_of_a_fitting_kind_is_there(grant: dict[str, Any], sentences: list[str]) -> None:
    asked = asked_for(spec(user("u", grant)))
    assert list(pending(asked, Current({}, frozenset(), {}, THERE, {}))) == sentences


def test_what_is_pending_is_no_change() -> None:
    asked = asked_for(spec(user("u", {"tables": ["SELECT"], "only": ["foo.later"]}, auth_method="none")))
    current = as_current(asked)
    without = tuple(replace(each, names=tuple(n for n in each.names if n != "later")) for each in current.objects)
    there = tuple(each for each in without if each.names)
    assert planned(asked, replace(current, objects=there)) == ()
