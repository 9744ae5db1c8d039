"""Which rights a plan takes and gives on columns, which a REVOKE on their table takes along."""

import pytest

from db_access.plan.changes import Change, Target
from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.state import CurrentObjects
from tests.unit.db_access.postgresql.planning.rights import SELECT, TABLE, UPDATE, changes, grant, revoke, table, wanted

KEYED = wanted({"tables": ["INSERT"], "key_columns": ["id"]})
ID = Target(Kind.TABLE, "foo", ("t",), ("id",))

ON_COLUMNS: list[tuple[str, tuple[CurrentObjects, ...], tuple[Change, ...]]] = [
    ("as it should be", (table(u="INSERT"), table(column="id", u="SELECT")), ()),
    ("missing", (table(column="id"),), (grant(ID, "u", SELECT),)),
    ("too much", (table(column="id", u="SELECT UPDATE"),), (revoke(ID, "u", UPDATE),)),
    (
        "a column that is no key",
        (table(column="other", u="SELECT"),),
        (revoke(Target(Kind.TABLE, "foo", ("t",), ("other",)), "u", SELECT),),
    ),
    ("a locked PUBLIC's", (table(column="id", u="SELECT", public="SELECT"),), (revoke(ID, PUBLIC, SELECT),)),
    (
        "a locked PUBLIC's, on a column that is no key",
        (table(column="other", public="SELECT"),),
        (revoke(Target(Kind.TABLE, "foo", ("t",), ("other",)), PUBLIC, SELECT),),
    ),
    (
        "a REVOKE on the table takes the key along, which is given again",
        (table(u="INSERT SELECT"),),
        (revoke(TABLE, "u", SELECT), grant(ID, "u", SELECT)),
    ),
    (
        "so it does with rights on a table of several",
        (table("a", "t", u="INSERT"), table("t", u="INSERT SELECT"), table("a", "t", column="id", u="SELECT")),
        (revoke(TABLE, "u", SELECT), grant(ID, "u", SELECT)),
    ),
    (
        "another user's REVOKE takes no key of this one along",
        (table(u="INSERT", v="SELECT"),),
        (revoke(TABLE, "v", SELECT),),
    ),
]


@pytest.mark.parametrize(("found", "plan"), [case[1:] for case in ON_COLUMNS], ids=[case[0] for case in ON_COLUMNS])
def test_columns_get_what_they_lack_and_lose_what_they_have_too_much(
    found: tuple[CurrentObjects, ...], plan: tuple[Change, ...]
) -> None:
    assert changes(KEYED, *found) == plan


@pytest.mark.parametrize("who", ["u", "public"])
def test_a_column_loses_what_no_revoke_on_its_table_takes_along(who: str) -> None:
    on_table, on_column = {"u": "INSERT"}, {"u": "SELECT"}
    for held, stray in ((on_table, "SELECT"), (on_column, "UPDATE")):
        held[who] = f"{held.get(who, '')} {stray}"
    plan = changes(KEYED, table(**on_table), table(column="id", **on_column))
    assert revoke(ID, PUBLIC if who == "public" else who, UPDATE) in plan
