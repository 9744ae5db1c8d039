"""What a comment shows first: every kind of change is somewhere, once, and names everybody."""

from dataclasses import replace

import pytest

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    Configure,
    Grant,
    GrantDefault,
    GrantRole,
    OwnSchema,
    Revoke,
    RevokeRole,
    Target,
    lasting,
)
from db_access.plan.privileges import PUBLIC, DefaultKey, Kind, Privilege
from db_access.plan.roles import Role
from keyless.access_plan.first import Look, first, rest, spelt_out
from tests.unit.db_access.plan.test_render import PLAIN

TABLE = Target(Kind.TABLE, "foo", ("t",))
READ = Grant(TABLE, (Privilege.SELECT,), ("u",), reason="")
FUTURE = GrantDefault(DefaultKey("owner", "foo", Kind.TABLE), (Privilege.SELECT,), ("u",), reason="")

LOOKS: list[tuple[Change, Look | None]] = [
    (Revoke(TABLE, (Privilege.SELECT,), ("u",), reason=""), Look.TAKES),
    (RevokeRole("group", "u", reason=""), Look.TAKES),
    (AlterRole(Role("u"), ("CREATEDB",), reason=""), Look.TAKES),
    (GrantRole("group", "u", inherit=False, new=False, reason=""), Look.TAKES),
    (OwnSchema("foo", "u", reason=""), Look.OWNS),
    (ActAs("u", "app", "owner", reason=""), Look.OWNS),
    (ActAs("u", "app", None, reason=""), None),
    (GrantRole("pg_read_all_data", "u", reason=""), Look.MORE),
    (GrantRole("group", "u", reason=""), Look.MORE),
    (GrantRole("rds_iam", "u", reason=""), None),
    (GrantRole("rds_iam", "u", admin=True, reason=""), Look.MORE),
    (AlterRole(Role("u", login=True), (), reason=""), Look.MORE),
    (AlterRole(Role("u"), (), reason=""), None),
    (Configure("u", "search_path", ("x",), reason=""), Look.MORE),
    (READ, Look.READS),
    (FUTURE, Look.READS),
    (replace(READ, grantees=(PUBLIC,)), Look.MORE),
    (replace(FUTURE, grantees=(PUBLIC,)), Look.MORE),
    *(
        (replace(change, privileges=(Privilege.SELECT, privilege)), look)
        for change in (READ, FUTURE)
        for privilege, look in {
            Privilege.INSERT: Look.WRITES,
            Privilege.UPDATE: Look.WRITES,
            Privilege.DELETE: Look.WRITES,
            Privilege.TRUNCATE: Look.MORE,
            Privilege.TRIGGER: Look.MORE,
            Privilege.REFERENCES: Look.MORE,
            Privilege.MAINTAIN: Look.MORE,
            Privilege.CREATE: Look.MORE,
            Privilege.TEMPORARY: Look.MORE,
            Privilege.EXECUTE: Look.MORE,
            Privilege.USAGE: Look.READS,
            Privilege.CONNECT: Look.READS,
        }.items()
    ),
]


@pytest.mark.parametrize(("change", "look"), LOOKS)
def test_a_change_is_shown_first_for_what_it_does(change: Change, look: Look | None) -> None:
    assert list(first((change,))) == ([] if look is None else [look])
    assert rest((change,)) == ((change,) if look is None else ())


def test_every_change_is_shown_once() -> None:
    for change in lasting(PLAIN):
        assert bool(first((change,))) != bool(rest((change,)))


def test_what_takes_away_comes_first_whatever_comes_first_in_the_plan() -> None:
    plan = tuple(change for change, _ in reversed(LOOKS))
    assert list(first(plan)) == list(Look)


MANY = tuple(f"n{n:02}" for n in range(11))


@pytest.mark.parametrize(
    "change",
    [
        replace(READ, privileges=(Privilege.INSERT,), grantees=MANY, target=Target(Kind.TABLE, "foo", MANY, MANY)),
        replace(FUTURE, privileges=(Privilege.INSERT,), grantees=MANY),
    ],
)
def test_lines_name_every_grantee_table_and_column(change: Change) -> None:
    lines = [entry.what for entry in first((change,))[Look.WRITES]]
    assert not any(" more" in line for line in lines)
    assert all(any(name in line for line in lines) for name in MANY)


def test_the_parts_of_a_change_are_the_change() -> None:
    change = replace(READ, grantees=MANY, target=Target(Kind.TABLE, "foo", MANY))
    parts = [part for part in spelt_out(change) if isinstance(part, Grant)]
    named = {(grantee, table) for part in parts for grantee in part.grantees for table in part.target.names}
    assert named == {(grantee, table) for grantee in MANY for table in MANY}
