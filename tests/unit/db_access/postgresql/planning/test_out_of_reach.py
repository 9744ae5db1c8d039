"""What others own or gave is left to them and named; nobody can stop a plan by it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.changes import Change, Grant, OwnObject, Revoke, RevokeRole, Target
from db_access.plan.privileges import PUBLIC, Kind, Privilege
from db_access.postgresql.planning import OutOfReach
from db_access.postgresql.planning.standing import standing
from db_access.postgresql.state import Current, CurrentObjects, Desired, ForeignGrant, ForeignMembership, Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import left, planned
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import acl, objects, privileges, role

READER = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none")))
KEYED = asked_for(spec(user("u", {"key_columns": ["id"]}, auth_method="none")))
SELECT, INSERT = Privilege.SELECT, Privilege.INSERT


def found(asked: Desired, *others: CurrentObjects) -> Current:
    """`others` instead of what is there of that kind and place."""
    places = {(o.kind, o.schema, o.columns) for o in others}
    current = as_current(asked)
    kept = [each for each in current.objects if (each.kind, each.schema, each.columns) not in places]
    return replace(current, objects=(*kept, *others))


def table(*columns: str, schema: str = "foo") -> Target:
    return Target(Kind.TABLE, schema, ("t",), columns)


def grant(target: Target) -> Change:
    return Grant(target, (SELECT,), ("u",), reason="")


def revoke(target: Target, privilege: Privilege = SELECT, who: str = "u", **about: Any) -> Change:
    return Revoke(target, (privilege,), (who,), reason="", **about)


def out_of_reach(found: Iterable[OutOfReach]) -> list[tuple[Change, str]]:
    return [(each.change, each.by) for each in found]


OWNERS: list[tuple[Desired, CurrentObjects, Change | None]] = [
    (READER, objects(Kind.TABLE, "t", owner="stranger"), grant(table())),
    (READER, objects(Kind.TABLE, "t", owner="stranger", acl=acl(u="SELECT")), None),
    (READER, objects(Kind.TABLE, "t", owner="stranger", acl=acl(u="SELECT INSERT")), revoke(table(), INSERT)),
    (READER, objects(Kind.FUNCTION, "f()", owner="stranger"), None),
    (
        READER,
        objects(Kind.FUNCTION, "f()", owner="stranger", acl=acl(public="EXECUTE")),
        revoke(Target(Kind.FUNCTION, "foo", ("f()",)), Privilege.EXECUTE, PUBLIC),
    ),
    (READER, objects(Kind.TYPE, "e", owner="stranger", acl=acl(public="USAGE")), None),
    (KEYED, objects(Kind.TABLE, "t", owner="stranger", columns=("id",)), grant(table("id"))),
    (
        READER,
        objects(Kind.TABLE, "t", schema="else", owner="stranger", acl=acl(u="SELECT")),
        revoke(table(schema="else")),
    ),
]


@pytest.mark.parametrize(("asked", "there", "change"), OWNERS)
def test_the_rights_on_what_others_own_are_theirs_to_change(
    asked: Desired, there: CurrentObjects, change: Change | None
) -> None:
    current = found(asked, there)
    assert planned(asked, current) == ()
    assert out_of_reach(left(asked, current)) == ([] if change is None else [(change, "stranger")])


def passed(grantor: str, grantee: str, names: str, in_turn: str = "", **about: Any) -> CurrentObjects:
    by_hand = ForeignGrant(grantor, grantee, privileges(names), privileges(in_turn))
    return objects(Kind.TABLE, "t", **{"foreign": (by_hand,), **about})


READS = acl(u="SELECT")
FOREIGN: list[tuple[str, CurrentObjects, list[tuple[Change, str]]]] = [
    (
        "beyond the spec",
        passed("x", "u", "INSERT", acl=READS, options=acl(x="INSERT")),
        [(revoke(table(), INSERT), "x")],
    ),
    ("as the spec says", passed("x", "u", "SELECT", acl=READS, options=acl(x="SELECT")), []),
    (
        "as the spec says, to be passed on",
        passed("x", "u", "SELECT", "SELECT", acl=READS, options=acl(x="SELECT")),
        [(revoke(table(), option_only=True), "x")],
    ),
    (
        "to a locked PUBLIC",
        passed("x", PUBLIC, "SELECT", acl=READS, options=acl(x="SELECT")),
        [(revoke(table(), who=PUBLIC), "x")],
    ),
    ("to a stranger", passed("x", "y", "SELECT", acl=READS, options=acl(x="SELECT")), []),
]


@pytest.mark.parametrize(("there", "theirs"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN])
def test_what_a_stranger_has_passed_on_only_the_stranger_can_take_back(
    there: CurrentObjects, theirs: list[tuple[Change, str]]
) -> None:
    current = found(READER, there)
    assert planned(READER, current) == ()
    assert out_of_reach(left(READER, current)) == theirs


def test_what_a_stranger_gave_an_open_public_is_nobodys_business() -> None:
    asked = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none"), public="open"))
    current = found(asked, passed("x", PUBLIC, "SELECT", acl=READS, options=acl(x="SELECT")))
    assert (planned(asked, current), left(asked, current)) == ((), ())


CASCADES: list[tuple[str, CurrentObjects, Change, str]] = [
    (
        "given and passed on",
        passed("u", "x", "SELECT", acl=READS, options=READS),
        revoke(table(), option_only=True, cascade=True, as_owner="owner"),
        "SELECT of 'x'",
    ),
    (
        "not given and passed on",
        passed("u", "x", "INSERT", acl=acl(u="SELECT INSERT"), options=acl(u="INSERT")),
        revoke(table(), INSERT, cascade=True, as_owner="owner"),
        "INSERT of 'x'",
    ),
    (
        "by a chain",
        objects(
            Kind.TABLE,
            "t",
            acl=READS,
            options=READS,
            foreign=(
                ForeignGrant("u", "x", privileges("SELECT"), privileges("SELECT")),
                ForeignGrant("x", "y", privileges("SELECT")),
                ForeignGrant("x", PUBLIC, privileges("SELECT")),
            ),
        ),
        revoke(table(), option_only=True, cascade=True, as_owner="owner"),
        "SELECT of PUBLIC, SELECT of 'x', SELECT of 'y'",
    ),
]


@pytest.mark.parametrize(
    ("there", "change", "lost"), [case[1:] for case in CASCADES], ids=[case[0] for case in CASCADES]
)
def test_what_a_role_of_ours_has_passed_on_goes_with_its_grant_option_and_is_named(
    there: CurrentObjects, change: Change, lost: str
) -> None:
    current = found(READER, there)
    (plan,) = planned(READER, current)
    assert plan == change
    assert plan.reason.endswith(f"; with it goes what was passed on: {lost}")
    assert left(READER, current) == ()


def test_who_has_it_from_a_stranger_as_well_keeps_it() -> None:
    chain = (
        ForeignGrant("u", "y", privileges("SELECT"), privileges("SELECT")),
        ForeignGrant("x", "y", privileges("SELECT")),
        ForeignGrant("y", "u", privileges("INSERT")),
    )
    there = objects(Kind.TABLE, "t", acl=READS, options={**READS, **acl(x="SELECT", y="INSERT")}, foreign=chain)
    current = found(READER, there)
    assert planned(READER, current) == (revoke(table(), option_only=True, cascade=True, as_owner="owner"),)
    assert out_of_reach(left(READER, current)) == [(revoke(table(), INSERT), "y")]


MEMBERS = asked_for(
    spec(
        user("u", groups=[{"name": "g", "admin": True}], auth_method="none"),
        user("v", auth_method="none"),
        groups=[group("g")],
    )
)


def member(name: str, grantor: str, **about: Any) -> ForeignMembership:
    return ForeignMembership(Membership("g", name, **about), grantor)


@pytest.mark.parametrize(
    ("foreign", "changes", "theirs"),
    [
        (member("v", "u"), [RevokeRole("g", "v", granted_by="u", reason="")], []),
        (member("v", "x"), [], [(RevokeRole("g", "v", granted_by="x", reason=""), "x")]),
        (member("u", "x"), [], []),
        (member("u", "x", admin=True), [], []),
        (member("stranger", "u"), [], []),
    ],
)
def test_a_membership_that_others_gave_is_revoked_in_the_name_of_its_grantor(
    foreign: ForeignMembership, changes: list[Change], theirs: list[tuple[Change, str]]
) -> None:
    current = replace(as_current(MEMBERS), foreign_memberships=(foreign,))
    assert [change for change in planned(MEMBERS, current) if isinstance(change, RevokeRole)] == changes
    assert out_of_reach(left(MEMBERS, current)) == theirs


def test_who_may_no_longer_pass_a_membership_on_takes_those_it_gave_along_and_they_are_named() -> None:
    current = replace(as_current(MEMBERS), foreign_memberships=(member("stranger", "u"),))
    without = asked_for(
        spec(user("u", groups=["g"], auth_method="none"), user("v", auth_method="none"), groups=[group("g")])
    )
    (change,) = planned(without, current)
    assert change == RevokeRole("g", "u", admin_only=True, cascade=True, reason="")
    assert change.reason == "may pass the membership on; with it goes what was passed on, to 'stranger'"


def test_what_can_run_with_its_owners_rights_stays_with_its_owner() -> None:
    there = objects(Kind.FUNCTION, "f()", owner="u", acts="is SECURITY DEFINER")
    inert = objects(Kind.FUNCTION, "g()", owner="u")
    current = found(READER, there, inert)
    owns = OwnObject(Kind.FUNCTION, "foo", "f()", "owner", reason="")
    assert [change for change in planned(READER, current) if isinstance(change, OwnObject)] == [
        OwnObject(Kind.FUNCTION, "foo", "g()", "owner", reason="")
    ]
    assert out_of_reach(left(READER, current)) == [(owns, "u")]
    assert left(READER, current)[0].change.reason == "belongs to 'u', and is SECURITY DEFINER"


def test_the_owner_of_what_stays_needs_no_grant_on_it() -> None:
    asked = asked_for(spec(user("u", {"tables": ["INSERT"]}, auth_method="none")))
    current = found(asked, objects(Kind.TABLE, "t", owner="u", acts="has triggers"))
    assert not [change for change in planned(asked, current) if isinstance(change, Grant | Revoke)]


def test_what_stays_is_what_the_proof_of_a_run_allows() -> None:
    current = found(
        READER,
        objects(
            Kind.TABLE,
            "t",
            owner="stranger",
            acl=acl(u="INSERT"),
            foreign=(ForeignGrant("x", "u", privileges("DELETE")),),
        ),
    )
    current = replace(
        current,
        roles={**current.roles, "gone": role("gone")},
        foreign_memberships=(ForeignMembership(Membership("dba", "u"), "x"),),
    )
    stands = standing(READER, left(READER, current))
    assert stands.kept == {((Kind.TABLE, "foo", None), "t"): {"u": privileges("INSERT DELETE"), PUBLIC: frozenset()}}
    assert stands.through == {"u": {"dba"}}
