"""What a plan is refused for, before anything runs: every conflict at once, each with its way out."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.state import Current, CurrentObjects, Desired, ForeignGrant
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned, refused
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import acl, objects, privileges, with_objects, with_role

READER = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none")))
KEYED = asked_for(spec(user("u", {"key_columns": ["id"]}, auth_method="none")))


def found(asked: Desired, *others: CurrentObjects) -> Current:
    """`others` instead of what is there of that name; grants by strangers stay with them."""
    places = {(o.kind, o.schema, o.columns) for o in others}
    current = as_current(asked)
    kept = [each for each in current.objects if (each.kind, each.schema, each.columns) not in places]
    return replace(current, objects=(*kept, *others))


@pytest.mark.parametrize(
    ("managed_by", "adopt", "problem"),
    [
        (None, False, "role 'u' exists and was made by somebody else; allowed: a name that is free or managed by "),
        (None, True, None),
        ("another", False, "role 'u' exists and is managed by 'another'; allowed: a name that is free or managed by "),
        ("another", True, "role 'u' exists and is managed by 'another'; allowed: a name that is free or managed by "),
        ("keyless-aurora", False, None),
        ("keyless-aurora", True, None),
    ],
)
@pytest.mark.parametrize("kind", ["user", "group"])
def test_a_role_of_somebody_else_is_refused_unless_nobody_manages_it_and_the_spec_adopts_it(
    kind: str, managed_by: str | None, adopt: bool, problem: str | None
) -> None:
    asked = asked_for(spec(user("u", adopt=adopt)) if kind == "user" else spec(groups=[group("u", adopt=adopt)]))
    problems = refused(asked, with_role(as_current(asked), "u", managed_by=managed_by))
    assert [each.startswith(problem) for each in problems if problem] == ([True] if problem else [])
    assert bool(problems) is bool(problem)


@pytest.mark.parametrize("adopt", [True, False])
def test_an_owner_that_nobody_manages_is_adopted_by_its_schema_only(adopt: bool) -> None:
    asked = asked_for(spec(schemas=[{"name": "foo", "owner": "owner", "adopt": adopt}]))
    assert bool(refused(asked, with_role(as_current(asked), "owner", managed_by=None))) is not adopt


OWNERS: list[tuple[Desired, CurrentObjects, str | None]] = [
    (READER, objects(Kind.TABLE, "t", owner="stranger"), "table foo.t"),
    (READER, objects(Kind.TABLE, "a", "b", owner="stranger"), "table foo.a, foo.b"),
    (READER, objects(Kind.TABLE, "t", owner="stranger", acl=acl(u="SELECT")), None),
    (READER, objects(Kind.TABLE, "t", owner="stranger", acl=acl(u="SELECT INSERT")), "table foo.t"),
    (READER, objects(Kind.FUNCTION, "f()", owner="stranger"), None),
    (READER, objects(Kind.FUNCTION, "f()", owner="stranger", acl=acl(public="EXECUTE")), "function foo.f()"),
    (READER, objects(Kind.TYPE, "e", owner="stranger", acl=acl(public="USAGE")), None),
    (KEYED, objects(Kind.TABLE, "t", owner="stranger", columns=("id",)), "column id of table foo.t"),
    (READER, objects(Kind.TABLE, "t", schema="else", owner="stranger", acl=acl(u="SELECT")), None),
]


@pytest.mark.parametrize(("asked", "there", "where"), OWNERS)
def test_objects_of_owners_for_whom_the_master_cannot_act_are_refused_where_there_is_something_to_change(
    asked: Desired, there: CurrentObjects, where: str | None
) -> None:
    problems = refused(asked, found(asked, there))
    assert problems == (() if where is None else (f"{where} belongs to 'stranger'; allowed owners: master, owner",))


def passed(grantor: str, grantee: str, names: str, **about: Any) -> CurrentObjects:
    by_hand = ForeignGrant(grantor, grantee, privileges(names))
    return objects(Kind.TABLE, "t", foreign=(by_hand,), **about)


FOREIGN: list[tuple[str, CurrentObjects, str | None]] = [
    (
        "beyond the spec",
        passed("x", "u", "INSERT", acl=acl(u="INSERT SELECT")),
        "INSERT on table foo.t was given to 'u' by 'x', who is not the owner 'owner', and only 'x' can take it back; ",
    ),
    ("as the spec says", passed("x", "u", "SELECT", acl=acl(u="SELECT")), None),
    (
        "as the spec says, to be passed on",
        passed("x", "u", "SELECT", acl=acl(u="SELECT"), options=acl(u="SELECT")),
        "SELECT on table foo.t was given to 'u' by 'x', ",
    ),
    (
        "to a locked PUBLIC",
        passed("x", PUBLIC, "SELECT", acl=acl(u="SELECT", public="SELECT")),
        "SELECT on table foo.t was given to 'PUBLIC' by 'x', ",
    ),
    (
        "by a user of ours to a stranger",
        passed("u", "x", "SELECT", acl=acl(u="SELECT"), options=acl(u="SELECT")),
        "SELECT on table foo.t was passed on by 'u' to 'x', who would lose it with 'u''s grant option, ",
    ),
]


@pytest.mark.parametrize(("there", "problem"), [case[1:] for case in FOREIGN], ids=[case[0] for case in FOREIGN])
def test_a_grant_that_only_others_can_take_back_is_refused_with_the_way_out(
    there: CurrentObjects, problem: str | None
) -> None:
    problems = refused(READER, found(READER, there))
    assert len(problems) == (problem is not None)
    assert problem is None or (problems[0].startswith(problem) and "allowed: REVOKE it " in problems[0])


def test_what_a_stranger_gave_an_open_public_is_nobodys_business() -> None:
    asked = asked_for(spec(user("u", {"access": "read_only"}, auth_method="none"), public="open"))
    there = passed("x", PUBLIC, "SELECT", acl=acl(u="SELECT", public="SELECT"))
    assert refused(asked, found(asked, there)) == ()


@pytest.mark.parametrize(
    ("grant", "where"),
    [
        ({"tables": ["SELECT"]}, "each table in schema 'foo'"),
        ({"sequences": ["SELECT"]}, "each sequence in schema 'foo'"),
        ({"key_columns": ["id"]}, "column id of each table in schema 'foo'"),
        ({"tables": ["SELECT"], "only": ["foo.x"]}, "table foo.x"),
    ],
)
@pytest.mark.parametrize(("count", "fits"), [(1000, True), (1001, False)])
def test_more_than_a_thousand_grantees_of_one_table_or_sequence_are_refused(
    grant: dict[str, Any], where: str, count: int, fits: bool
) -> None:
    few = asked_for(spec(user("u", grant, auth_method="none")))
    many = {f"u{number}": few.roles["u"] for number in range(count)}
    as_many = tuple(
        replace(each, acl={**{who: each.acl["u"] for who in many}, PUBLIC: frozenset()}) if "u" in each.acl else each
        for each in few.objects
    )
    problems = refused(replace(few, objects=as_many), as_current(few))
    assert len(problems) == (not fits)
    assert fits or problems[0].startswith(f"{where} would have 1,001 grantees")


@pytest.mark.parametrize(
    ("grant", "where"),
    [({}, "the tables of schema 'foo'"), ({"only": ["foo.t"]}, "table foo.t")],
)
def test_maintain_is_refused_before_17_and_given_from_17_on(grant: dict[str, Any], where: str) -> None:
    asked = asked_for(spec(user("u", {"tables": ["MAINTAIN"], **grant}, auth_method="none")))
    (problem,) = refused(asked, as_current(asked, maintain=False))
    assert problem.startswith(f"MAINTAIN on {where} is given to 'u', and PostgreSQL has it from version 17 on; ")
    assert planned(asked, as_current(asked)) == ()


def test_every_conflict_is_named_at_once() -> None:
    grants: list[dict[str, Any]] = [{"tables": ["MAINTAIN"]}, {"access": "read_only"}]
    groups = [group("g")]
    asked = asked_for(spec(user("u", *grants, auth_method="none", groups=[{"name": "g", "set": False}]), groups=groups))
    current = as_current(asked, membership_options=False, maintain=False)
    current = replace(with_role(current, "u", managed_by="another"), schemas={"foo": "stranger", "bar": "owner"})
    there = objects(Kind.TABLE, "t", owner="stranger", foreign=(ForeignGrant("x", "u", privileges("DELETE")),))
    kept = tuple(each for each in current.objects if each.kind is not Kind.TABLE)
    problems = refused(asked, replace(current, objects=(*kept, there)))
    assert [problem.split(" ", 3)[:3] for problem in problems] == [
        ["role", "'u'", "exists"],
        ["membership", "of", "'u'"],
        ["schema", "'foo'", "belongs"],
        ["table", "foo.t", "belongs"],
        ["DELETE", "on", "table"],
        ["MAINTAIN", "on", "the"],
    ]


def test_a_stray_object_of_a_user_is_no_conflict_for_it_moves_first() -> None:
    assert refused(READER, with_objects(as_current(READER), objects(Kind.TABLE, "t", owner="u"))) == ()
