"""What a plan takes away, and from whom."""

from typing import get_args

import pytest

from db_access.errors import UnconfirmedError
from db_access.plan.changes import (
    AlterRole,
    Change,
    ClearPassword,
    CreateDatabase,
    CreateRole,
    DropRole,
    EndLogin,
    GrantRole,
    Plan,
    Revoke,
    RevokeDefault,
    RevokeRole,
    Target,
)
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.losses import losers, taken
from db_access.plan.privileges import PUBLIC, DefaultKey, Kind, Privilege
from db_access.plan.render import as_losses, line
from db_access.plan.roles import Role
from tests.unit.db_access.plan.test_render import PLAIN

END = EndLogin("u", forget_password=True, sessions=2, reason="gone")
REVOKE = Revoke(Target(Kind.TABLE, "foo", ("t",)), (Privilege.SELECT,), ("u", "v", PUBLIC), reason="more")
DEFAULT = RevokeDefault(DefaultKey("owner", None, Kind.FUNCTION), (Privilege.EXECUTE,), (PUBLIC,), reason="locked")
CREATE_OWNER = CreateRole(Role("owner"), reason="declared and missing")


def test_every_kind_that_is_shown_as_taking_away_has_losers() -> None:
    shown = {type(change) for change in PLAIN if line(change).action == "take away"}
    found = {type(change) for change in PLAIN if losers(change)}
    assert found - shown == {AlterRole}  # which takes an attribute away
    assert shown <= found
    assert {type(change) for change in PLAIN} == set(get_args(Change))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (END, ("u",)),
        (ClearPassword("u", reason=""), ("u",)),
        (DropRole("u", reason=""), ("u",)),
        (RevokeRole("group", "u", reason=""), ("u",)),
        (REVOKE, ("u", "v", PUBLIC)),
        (DEFAULT, (PUBLIC,)),
        (AlterRole(Role("u"), ("CREATEDB",), reason=""), ("u",)),
        (AlterRole(Role("u"), (), reason=""), ()),
        (GrantRole("group", "u", inherit=False, new=False, reason=""), ("u",)),
        (GrantRole("group", "u", set=False, new=False, reason=""), ("u",)),
        (GrantRole("group", "u", inherit=True, new=False, reason=""), ()),
        (GrantRole("group", "u", inherit=False, reason=""), ()),
    ],
)
def test_who_loses_is_who_had_it(change: Change, names: tuple[str, ...]) -> None:
    assert losers(change) == names


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ((DEFAULT,), (DEFAULT,)),
        ((CREATE_OWNER, DEFAULT), ()),
        ((CREATE_OWNER, REVOKE), (REVOKE,)),
        ((CreateDatabase("app", reason=""), END, REVOKE, DEFAULT), (END,)),
    ],
)
def test_nobody_has_anything_in_what_the_plan_itself_makes(plan: Plan, expected: Plan) -> None:
    assert taken(plan) == expected


def test_what_is_confirmed_passes_whatever_the_count_of_sessions() -> None:
    refuse_unconfirmed(
        (END, REVOKE), {EndLogin("u", forget_password=True, sessions=9, reason="x"), REVOKE}, database="a"
    )
    refuse_unconfirmed((CREATE_OWNER,), (), database="a")
    refuse_unconfirmed((END, REVOKE), None, database="a")


def test_what_is_not_confirmed_is_refused_and_named_all_at_once() -> None:
    wider = Revoke(Target(Kind.TABLE, "foo", ("t", "t2")), (Privilege.SELECT,), ("u",), reason="more")
    with pytest.raises(UnconfirmedError) as refusal:
        refuse_unconfirmed((END, wider, DEFAULT), {REVOKE, DEFAULT}, database="app")
    assert len(refusal.value.unseen) == 2
    assert "login and password of role u, whose sessions end (gone: 2 sessions end)" in str(refusal.value)
    assert "foo.t2" in str(refusal.value)


def test_who_loses_a_login_comes_first_and_public_last() -> None:
    assert as_losses({"app": (REVOKE, END), "second": ()}).splitlines()[:4] == [
        "this takes away:",
        "  from u: its login (gone: 2 sessions end); privileges: 1",
        "  from v: privileges: 1",
        "  from PUBLIC: privileges: 1",
    ]


@pytest.mark.parametrize(
    ("sessions", "why"), [(None, "gone"), (0, "gone: no sessions end"), (1, "gone: 1 session ends")]
)
def test_a_count_is_in_the_reason_and_in_no_comparison(sessions: int | None, why: str) -> None:
    other = EndLogin("u", forget_password=True, sessions=sessions, reason="gone")
    assert (other == END, hash(other) == hash(END), line(other).reason) == (True, True, why)
